# policy and assess are siblings that may not include each other: what holds only of both together is tested here.
add_executable(judgement_test "${CMAKE_SOURCE_DIR}/tests/judgement/routes_data_test.cc"
                              "${CMAKE_SOURCE_DIR}/tests/judgement/score_properties_test.cc")
target_link_libraries(judgement_test PRIVATE plimsoll_policy plimsoll_assess GTest::gtest_main)
target_compile_definitions(judgement_test PRIVATE PLIMSOLL_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
plimsoll_quick_to_build(judgement_test)
plimsoll_precompiled_test(judgement_test)
add_test(NAME judgement COMMAND judgement_test)
set_tests_properties(judgement PROPERTIES TIMEOUT 600)
