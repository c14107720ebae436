plimsoll_fuzzer(policy_yaml DEPS policy)
