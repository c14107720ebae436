// Any text as a CVSS vector: nothing, or a score from 0 to 10 in whole tenths.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "feed/cvss.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto scored = plimsoll::feed::score_cvss({reinterpret_cast<const char*>(data), size});
  if (!scored) return 0;
  const double tenths = scored->score * 10;
  if (!(tenths >= 0 && tenths <= 100) || std::abs(tenths - std::round(tenths)) > 1e-6) std::abort();
  if (scored->version < 2 || scored->version > 4) std::abort();
  return 0;
}
