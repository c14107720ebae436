plimsoll_fuzzer(proc_tables DEPS system)
