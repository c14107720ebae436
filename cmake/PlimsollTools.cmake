# Compiler flags shared by every target, and the tools used when they are present.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

option(PLIMSOLL_FUZZ "Build the fuzz targets with libFuzzer (clang only)" OFF)
option(PLIMSOLL_TIDY "Run clang-tidy-19 beside the compiler" OFF)
option(PLIMSOLL_TESTS "Build the unit tests, fuzz replays and benchmarks" ON)
option(PLIMSOLL_UNIT_TESTS "Of these, the rooms' own tests, fuzz replays and benchmarks, too" ON)
set(PLIMSOLL_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=")

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wconversion
                    -Wno-sign-conversion -Wno-missing-field-initializers -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms of g++ 12 inside its own std::string and std::variant under -O2.
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds
                      -Wno-stringop-overread -Wno-free-nonheap-object)
else()
  # std::stable_sort of libstdc++ 12 calls its own deprecated get_temporary_buffer.
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-deprecated-declarations>)
endif()
add_compile_options($<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2> -fstack-protector-strong)
add_compile_definitions(PLIMSOLL_VERSION="${PROJECT_VERSION}")
include_directories("${CMAKE_SOURCE_DIR}/src")

if(PLIMSOLL_SANITIZE)
  add_compile_options(-fsanitize=${PLIMSOLL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${PLIMSOLL_SANITIZE})
endif()
if(PLIMSOLL_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(PLIMSOLL_CCACHE ccache)
if(PLIMSOLL_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER "${PLIMSOLL_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${PLIMSOLL_CCACHE}")
endif()
find_program(PLIMSOLL_MOLD mold)
if(PLIMSOLL_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
if(PLIMSOLL_TIDY)
  set(CMAKE_CXX_CLANG_TIDY clang-tidy-19)
endif()
