// Any bytes as an OSV record, twice into the same Advisory: the outcome must not depend on what was parsed before.
#include <cstdint>
#include <cstdlib>

#include "feed/advisory.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  plimsoll::feed::OsvParser parser;
  plimsoll::feed::Advisory used, fresh;
  const bool first = parser.parse(json, "fuzz", used).ok();
  const bool again = parser.parse(json, "fuzz", used).ok();
  const bool alone = parser.parse(json, "fuzz", fresh).ok();
  if (first != again || first != alone) std::abort();
  if (!first) return 0;
  if (used.id.empty() || used.id != fresh.id || used.affected.size() != fresh.affected.size()) std::abort();
  for (size_t i = 0; i < used.affected.size(); ++i) {
    const auto &a = used.affected[i], &b = fresh.affected[i];
    if (a.name != b.name || a.versions != b.versions || a.ranges.size() != b.ranges.size()) std::abort();
    if (a.severities != b.severities || a.fixed_in != b.fixed_in || a.name.empty()) std::abort();
  }
  return 0;
}
