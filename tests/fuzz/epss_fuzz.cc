// Any bytes as an EPSS file, plain or gzip: scores stay within 0 and 1.
#include <cstdint>
#include <cstdlib>

#include "feed/advisory.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto file = plimsoll::feed::parse_epss({reinterpret_cast<const char*>(data), size});
  if (!file.ok()) return 0;
  for (const auto& score : file->scores) {
    const bool fits =
        score.probability >= 0 && score.probability <= 1 && score.percentile >= 0 && score.percentile <= 1;
    if (!fits || score.cve.empty()) std::abort();
  }
  return 0;
}
