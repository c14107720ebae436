plimsoll_fuzzer(version DEPS version)

# Each scheme against its ecosystem's own tool; real versions from a mirror of the threat sources when one is there.
add_executable(version_compare_tool "${CMAKE_SOURCE_DIR}/tests/differential/version_compare_tool.cc")
target_link_libraries(version_compare_tool PRIVATE plimsoll_version)
pkg_check_modules(rpm IMPORTED_TARGET rpm)
if(TARGET PkgConfig::rpm)
  add_executable(rpm_oracle "${CMAKE_SOURCE_DIR}/tests/differential/rpm_oracle.cc")
  target_link_libraries(rpm_oracle PRIVATE PkgConfig::rpm)
  set(rpm_oracle --rpm-oracle "$<TARGET_FILE:rpm_oracle>")
endif()
if(NOT DEFINED PLIMSOLL_MIRROR)
  set(PLIMSOLL_MIRROR "${CMAKE_SOURCE_DIR}/../shared/mirror" CACHE PATH "A mirror of the public threat sources, for tests")
endif()
foreach(scheme dpkg rpm pep440 semver rubygems composer maven)
  add_test(NAME version_differential_${scheme}
           COMMAND "${CMAKE_SOURCE_DIR}/tests/differential/version_differential.py"
                   --tool "$<TARGET_FILE:version_compare_tool>" ${rpm_oracle} --mirror "${PLIMSOLL_MIRROR}" ${scheme})
  set_tests_properties(version_differential_${scheme} PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77)
endforeach()
