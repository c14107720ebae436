#pragma once
#include <string_view>

#include "base/result.h"
#include "inventory/found.h"
#include "rootfs/tree.h"

namespace plimsoll::inventory {

// dpkg's database: var/lib/dpkg/status, and status.d/ of distroless images (one file a package).
bool wants_dpkg_status(const rootfs::Entry& entry);
Result<Found> read_dpkg_status(std::string_view path, rootfs::File& file);

// var/lib/dpkg/info/NAME[:ARCH].list: which files belong to a package. Keeps only possible language packages.
bool wants_dpkg_list(const rootfs::Entry& entry);
Result<Found> read_dpkg_list(std::string_view path, rootfs::File& file);

// Pure: the installed packages of a status file. A package counts when any of its files may be there (half-installed,
// unpacked, half-configured, triggers-*, installed); "config-files" and "not-installed" do not.
// A single status.d paragraph has no Status line and is installed: `without_status`.
Found parse_dpkg_status(std::string_view text, bool without_status);

// Pure: hands every path of a NAME.list (one a line) or NAME.md5sums ("digest  path") to `files`.
void each_dpkg_file(std::string_view text, std::string_view package, const FileSink& files);

}  // namespace plimsoll::inventory
