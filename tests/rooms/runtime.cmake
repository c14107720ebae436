plimsoll_fuzzer(docker_reply DEPS runtime)
