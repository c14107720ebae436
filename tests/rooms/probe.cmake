plimsoll_fuzzer(proc_tables DEPS system)
plimsoll_fuzzer(runtime_files DEPS probe/runtime)
plimsoll_fuzzer(host_config DEPS probe/host)
plimsoll_fuzzer(kubernetes_files DEPS probe/kubernetes)
# All host rules over whole hosts written as facts.
add_executable(host_benchmark_test "${CMAKE_SOURCE_DIR}/tests/judgement/host_benchmark_test.cc")
target_link_libraries(host_benchmark_test PRIVATE plimsoll_benchmark GTest::gtest_main)
target_compile_definitions(host_benchmark_test PRIVATE PLIMSOLL_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
add_test(NAME host_benchmark COMMAND host_benchmark_test)
