plimsoll_bench(journal DEPS journal LIBS fmt::fmt PkgConfig::sqlite ${pq_LINK_LIBRARIES})
if(TARGET journal_bench)
  target_include_directories(journal_bench SYSTEM PRIVATE ${pq_INCLUDE_DIRS})
endif()
plimsoll_fuzzer(journal_cursor DEPS journal)

# The command line on a journal made for it.
add_executable(make_journal "${CMAKE_SOURCE_DIR}/tests/journal/make_journal.cc")
target_link_libraries(make_journal PRIVATE plimsoll_journal)
add_test(NAME log_command COMMAND "${CMAKE_SOURCE_DIR}/tests/journal/log_test.py" "$<TARGET_FILE:plimsoll>"
                                  "$<TARGET_FILE:make_journal>")
set_tests_properties(log_command PROPERTIES TIMEOUT 300)

# A fleet in a journal, for the benchmarks of the service and of the page.
add_executable(fill_journal EXCLUDE_FROM_ALL "${CMAKE_SOURCE_DIR}/tests/bench/fill_journal.cc")
target_link_libraries(fill_journal PRIVATE plimsoll_analyzer plimsoll_journal)

# What asks the service in tests/bench/service_bench.py.
add_executable(service_load EXCLUDE_FROM_ALL "${CMAKE_SOURCE_DIR}/tests/bench/service_load.cc")
target_link_libraries(service_load PRIVATE plimsoll_base fmt::fmt)
