#include <cstddef>
#include <cstdint>
#include <string_view>

#include "inventory/rpm_database.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(static_cast<const char*>(static_cast<const void*>(data)), size);
  const auto found = plimsoll::inventory::parse_rpm_ndb(bytes, [](std::string_view, std::string_view) {});
  static_cast<void>(found.ok());
  return 0;
}
