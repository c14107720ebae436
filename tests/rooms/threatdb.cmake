plimsoll_fuzzer(threatdb_pack DEPS threatdb)
plimsoll_fuzzer(threatdb_file DEPS threatdb)
plimsoll_fuzzer(threatdb_purl DEPS threatdb)
plimsoll_bench(threatdb DEPS threatdb LIBS fmt::fmt)
