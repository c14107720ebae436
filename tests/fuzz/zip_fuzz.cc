// Any bytes as a zip archive: what is read has the declared size; entries never share bytes, so the sum of what is
// packed fits into the file.
#include <cstdint>
#include <cstdlib>

#include "feed/advisory.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto zip = plimsoll::feed::ZipReader::open({reinterpret_cast<const char*>(data), size});
  if (!zip.ok()) return 0;
  std::string text;
  for (size_t i = 0; i < zip->entries(); ++i) {
    if (zip->name(i).empty()) std::abort();
    if (zip->read(i, text).ok() && text.size() != zip->size(i)) std::abort();
  }
  return 0;
}
