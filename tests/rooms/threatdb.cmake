plimsoll_fuzzer(threatdb_pack DEPS threatdb)
plimsoll_fuzzer(threatdb_file DEPS threatdb)
plimsoll_fuzzer(threatdb_purl DEPS threatdb)
plimsoll_bench(threatdb DEPS threatdb LIBS fmt::fmt)

# The starter pack's records: their schema, and the mirror's word on each where there is a mirror.
add_test(NAME starter_records
         COMMAND "${CMAKE_SOURCE_DIR}/tools/check_starter" "${CMAKE_SOURCE_DIR}" "${CMAKE_SOURCE_DIR}/../shared/mirror")
set_tests_properties(starter_records PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
