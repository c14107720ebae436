plimsoll_fuzzer(detect_dialogue DEPS network)
plimsoll_fuzzer(http_text DEPS network)
plimsoll_fuzzer(baseline_json DEPS network)
