# plimsoll_precompiled(TARGET): the target's C++ files start with precompiled.h, read once for the whole build.
# plimsoll_precompiled_test(TARGET): likewise with GoogleTest, for test programs.
# Two carriers, because a library's code (-fPIC) and a program's (-fPIE) cannot share one.
option(PLIMSOLL_PRECOMPILED "Read the most used headers once for the whole build" ON)
if(PLIMSOLL_TIDY)
  set(PLIMSOLL_PRECOMPILED OFF)
endif()

function(plimsoll_carrier name header)
  set(source "${CMAKE_BINARY_DIR}/${name}.cc")
  if(NOT EXISTS "${source}")
    file(WRITE "${source}" "int main() { return 0; }\n")
  endif()
  if(name MATCHES "test")
    add_executable(${name} "${source}")
    plimsoll_quick_to_build(${name})
  else()
    add_library(${name} OBJECT "${source}")
  endif()
  target_link_libraries(${name} PRIVATE fmt::fmt Threads::Threads ${ARGN})
  target_precompile_headers(${name} PRIVATE "${CMAKE_SOURCE_DIR}/cmake/${header}")
endfunction()

# Tests are built once and run for seconds: what -O3 would gain there its compilation costs many times over.
function(plimsoll_quick_to_build target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

if(PLIMSOLL_PRECOMPILED)
  # ccache looks at the precompiled file only when told so; clang's must bear no date.
  if(PLIMSOLL_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        env "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime" "${PLIMSOLL_CCACHE}")
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options("SHELL:$<$<COMPILE_LANGUAGE:CXX>:-Xclang -fno-pch-timestamp>")
    set(CMAKE_PCH_INSTANTIATE_TEMPLATES ON)
  else()
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
  endif()
  plimsoll_carrier(plimsoll_precompiled precompiled.h)
  if(PLIMSOLL_TESTS)
    plimsoll_carrier(plimsoll_precompiled_test precompiled_test.h GTest::gtest_main GTest::gmock)
  endif()
endif()

function(plimsoll_precompiled_by carrier target)
  if(PLIMSOLL_PRECOMPILED)
    target_precompile_headers(${target} REUSE_FROM ${carrier})
    target_link_libraries(${target} PRIVATE fmt::fmt)
  endif()
endfunction()

function(plimsoll_precompiled target)
  plimsoll_precompiled_by(plimsoll_precompiled ${target})
endfunction()

function(plimsoll_precompiled_test target)
  plimsoll_precompiled_by(plimsoll_precompiled_test ${target})
endfunction()
