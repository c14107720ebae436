plimsoll_fuzzer(proc_tables DEPS system)
plimsoll_fuzzer(runtime_files DEPS probe/runtime)
