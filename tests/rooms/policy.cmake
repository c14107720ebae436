plimsoll_fuzzer(policy_yaml DEPS policy)

# The JSON Schema of policy files against what the program takes.
add_test(NAME policy_schema COMMAND "${CMAKE_SOURCE_DIR}/tests/policy/validate_policies.py" "${CMAKE_SOURCE_DIR}" "$<TARGET_FILE:plimsoll>")
set_tests_properties(policy_schema PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
