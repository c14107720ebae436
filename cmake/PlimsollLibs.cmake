# Every library outside this repository, under one name each. All are Debian 12 packages: script/bootstrap.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(simdjson REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)

# plimsoll_static(NAME LIBRARY DEPS...): a library linked in whole, as PkgConfig::NAME. Each shared one costs the start of a
# program that often runs for milliseconds; of libarchive only what we call comes along, not the thirty megabytes of
# character tables that its reader of another format wants.
# DEPS are targets, or names of libraries that come in whole likewise where Debian has them so.
function(plimsoll_static name)
  add_library(PkgConfig::${name} INTERFACE IMPORTED)
  foreach(library ${ARGN})
    if(NOT library MATCHES "::")
      find_library(PLIMSOLL_STATIC_${library} NAMES lib${library}.a REQUIRED)
      set(library "${PLIMSOLL_STATIC_${library}}")
    endif()
    target_link_libraries(PkgConfig::${name} INTERFACE "${library}")
  endforeach()
endfunction()

plimsoll_static(zlib z)
plimsoll_static(zstd zstd)
plimsoll_static(archive archive bz2 lzma lz4 PkgConfig::zstd PkgConfig::zlib)
plimsoll_static(re2 re2 Threads::Threads)
plimsoll_static(xxhash xxhash)
plimsoll_static(expat expat)
plimsoll_static(seccomp seccomp)
plimsoll_static(yaml yaml-cpp)
pkg_check_modules(isal REQUIRED IMPORTED_TARGET libisal)
pkg_check_modules(crypto REQUIRED IMPORTED_TARGET libcrypto)
pkg_check_modules(ssl REQUIRED IMPORTED_TARGET libssl)
plimsoll_static(argon2 argon2)
plimsoll_static(sqlite sqlite3)
pkg_check_modules(curl REQUIRED libcurl)  # its headers; src/system/curl_late.cc loads it
pkg_check_modules(pq REQUIRED libpq)  # its headers; src/journal/postgres_library.cc loads it
pkg_check_modules(rnp REQUIRED librnp)  # its headers; src/repository/rnp_late.cc loads it
# nDPI, and the libgcrypt that its QUIC part calls.
plimsoll_static(ndpi ndpi gcrypt gpg-error)
if(PLIMSOLL_TESTS)
  find_package(GTest REQUIRED)
  find_package(benchmark REQUIRED)
endif()
