# A parser taken over by an attacker, inside a worker; as whoever runs the tests, and without any rights.
add_executable(hostile_worker_test "${CMAKE_SOURCE_DIR}/tests/sandbox/hostile_worker_test.cc")
target_link_libraries(hostile_worker_test PRIVATE plimsoll_system GTest::gtest)
add_test(NAME hostile_worker COMMAND hostile_worker_test)
add_test(NAME hostile_worker_unprivileged COMMAND hostile_worker_test --unprivileged)
set_tests_properties(hostile_worker hostile_worker_unprivileged PROPERTIES TIMEOUT 300)
plimsoll_fuzzer(worker_answer DEPS system)
