// Any bytes as lines of CVSS vectors, plain or gzip: a CVE that comes out has an opinion, and scores stay within 0
// and 10.
#include <cstdint>
#include <cstdlib>

#include "feed/advisory.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  plimsoll::IncompleteList skipped;
  const auto lines = plimsoll::feed::parse_cvss_lines({reinterpret_cast<const char*>(data), size}, skipped);
  if (!lines.ok()) return 0;
  for (const auto& line : *lines) {
    if (line.cve.empty() || line.severities.empty()) std::abort();
    for (const auto& severity : line.severities) {
      if (severity.score && !(*severity.score >= 0 && *severity.score <= 10)) std::abort();
    }
  }
  return 0;
}
