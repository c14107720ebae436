#include <cstddef>
#include <cstdint>
#include <string_view>

#include "inventory/lock_files.h"
#include "inventory/npm_package.h"

// The JSON of npm: a lock file and a package's own description.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  const auto lock = plimsoll::inventory::parse_npm_lock(text);
  const auto package = plimsoll::inventory::parse_package_json(text);
  if (package.ok() && package->packages.size() != 1) __builtin_trap();
  static_cast<void>(lock.ok());
  return 0;
}
