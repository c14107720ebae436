plimsoll_fuzzer(docker_reply DEPS runtime)
plimsoll_fuzzer(containerd_reply DEPS runtime)
