// A baseline file: refused, or the same after it was written and read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "network/baseline/baseline.h"

using plimsoll::network::Baseline;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto read = Baseline::from_json({reinterpret_cast<const char*>(data), size}, "fuzz");
  if (!read.ok()) return 0;
  const auto again = Baseline::from_json(read->to_json(), "again");
  if (!again.ok() || again->to_json() != read->to_json()) std::abort();
  return 0;
}
