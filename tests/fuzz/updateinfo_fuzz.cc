// updateinfo.xml and repomd.xml of a stranger, plain or packed.
#include <cstdint>
#include <string_view>

#include "repository/inflate.h"
#include "repository/updateinfo.h"

using namespace plimsoll::repository;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  const auto xml = inflate(file, 1 << 20);
  if (!xml.ok()) return 0;
  (void)parse_updateinfo(*xml).ok();
  (void)parse_repomd(*xml).ok();
  return 0;
}
