plimsoll_fuzzer(benchmark_rules DEPS benchmark)
plimsoll_bench(benchmark DEPS benchmark)
