#include <cstddef>
#include <cstdint>
#include <string_view>

#include "threatdb/gather.h"
#include "threatdb/purl.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)plimsoll::threatdb::package_of_purl(text).ok();
  (void)plimsoll::threatdb::split_array(text, 1000).ok();
  return 0;
}
