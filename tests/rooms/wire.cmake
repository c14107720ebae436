# The reports of the wire room against data/schema/report.schema.json, by an independent validator.
add_executable(print_test_reports "${CMAKE_SOURCE_DIR}/src/wire/print_test_reports.cc"
               "${CMAKE_SOURCE_DIR}/src/wire/test_report.cc")
target_link_libraries(print_test_reports PRIVATE plimsoll_wire)
add_test(NAME report_schema
         COMMAND "${CMAKE_SOURCE_DIR}/tests/wire/validate_reports.py" "$<TARGET_FILE:print_test_reports>"
                 "${CMAKE_SOURCE_DIR}/data/schema/report.schema.json")
set_tests_properties(report_schema PROPERTIES SKIP_RETURN_CODE 77)

plimsoll_fuzzer(recording DEPS wire)
plimsoll_fuzzer(packed DEPS wire)
plimsoll_fuzzer(response_json DEPS wire)
plimsoll_fuzzer(report_reader DEPS wire)
