#pragma once
#include <string_view>

#include "base/result.h"
#include "inventory/found.h"
#include "rootfs/tree.h"

namespace plimsoll::inventory {

// Executables that may be Go programs. Opening every file of a tree would cost more than the rest of the scan, so a
// candidate is a file of at least 256 KiB (the smallest Go program is larger) that may be executed: the x bit where
// modes are known; else a name without an extension, or one in a bin or sbin directory.
bool wants_go_binary(const rootfs::Entry& entry);

// The modules of a Go program from its build information (Go's debug/buildinfo), stripped or not; and the standard
// library as package "stdlib". Nothing found when the file is no ELF file or no Go program.
Result<Found> read_go_binary(std::string_view path, rootfs::File& file);

// Pure: what `go version -m` prints: lines "mod|dep|=> PATH VERSION SUM" parted by tabs.
Found parse_go_modules(std::string_view go_version, std::string_view modules);

// Pure: "go1.21.3 X:boringcrypto" -> "1.21.3", "go1.21" -> "1.21.0", "go1.22rc1" -> "1.22.0-rc.1"; empty when not a
// release.
std::string go_release(std::string_view go_version);

}  // namespace plimsoll::inventory
