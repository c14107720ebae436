#pragma once
#include <cstdint>
#include <string_view>

#include "inventory/found.h"

namespace plimsoll::inventory {

// A path as a 64-bit hash, the same for "/lib/x", "lib/x" and "usr/lib/x" (merged /usr: file-hierarchy(7)). Hashes
// instead of names keep the file lists of a host with thousands of packages within a few megabytes.
uint64_t path_key(std::string_view path);

// Whether a path may be the proof of a language package (Python metadata, package.json, an executable): only those
// of an OS package's file list are kept.
bool may_prove_language_package(std::string_view path);

// A sink that keeps those in `found`, which must outlive it.
FileSink keep_owned(Found& found);

}  // namespace plimsoll::inventory
