# Whole hosts, written and recorded, through judgement and renderers.
add_executable(golden_hosts_test "${CMAKE_SOURCE_DIR}/tests/judgement/golden_hosts_test.cc")
target_link_libraries(golden_hosts_test PRIVATE plimsoll_analyzer plimsoll_report GTest::gtest_main)
target_compile_definitions(golden_hosts_test PRIVATE PLIMSOLL_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
add_test(NAME golden_hosts COMMAND golden_hosts_test)
set_tests_properties(golden_hosts PROPERTIES TIMEOUT 300)
