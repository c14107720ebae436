#pragma once
#include <string_view>

#include "base/result.h"
#include "inventory/found.h"
#include "rootfs/tree.h"

namespace plimsoll::inventory {

// NAME.dist-info/METADATA, NAME.egg-info/PKG-INFO, EGG-INFO/PKG-INFO
// (https://packaging.python.org/specifications/core-metadata/).
bool wants_python_metadata(const rootfs::Entry& entry);
// A plain file NAME.egg-info (distutils).
bool wants_python_egg_file(const rootfs::Entry& entry);
Result<Found> read_python_metadata(std::string_view path, rootfs::File& file);

// Pure: the headers up to the first empty line. The name is kept as written.
Result<Found> parse_python_metadata(std::string_view text);

}  // namespace plimsoll::inventory
