#pragma once
#include <string_view>

#include "base/result.h"
#include "inventory/found.h"
#include "rootfs/tree.h"

namespace plimsoll::inventory {

// package.json directly below node_modules/NAME, node_modules/@SCOPE/NAME, or Debian's usr/share/nodejs/NAME.
bool wants_npm_package(const rootfs::Entry& entry);
Result<Found> read_npm_package(std::string_view path, rootfs::File& file);

// Pure.
Result<Found> parse_package_json(std::string_view text);

}  // namespace plimsoll::inventory
