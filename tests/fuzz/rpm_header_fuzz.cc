#include <cstddef>
#include <cstdint>
#include <string_view>

#include "inventory/rpm_header.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(static_cast<const char*>(static_cast<const void*>(data)), size);
  plimsoll::inventory::Found found;
  const auto status = plimsoll::inventory::add_rpm_header(bytes, found, [](std::string_view, std::string_view) {});
  if (!status.ok() && !found.packages.empty()) __builtin_trap();  // an error adds nothing
  return 0;
}
