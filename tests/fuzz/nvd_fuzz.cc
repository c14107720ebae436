// Any bytes as a page of the NVD API: the lines made of what comes out are lines that the CVSS reader takes.
#include <cstdint>
#include <cstdlib>

#include "feed/advisory.h"
#include "feed/nvd.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll;
  const auto page = feed::parse_nvd_page({reinterpret_cast<const char*>(data), size});
  if (!page.ok()) return 0;
  for (const auto& cve : page->cves) {
    if (cve.vectors.empty()) continue;
    IncompleteList skipped;
    const auto lines = feed::parse_cvss_lines(feed::cvss_line_of(cve), skipped);
    // A vector that means nothing is dropped by the reader; the line itself must hold.
    if (!lines.ok() || lines->size() + skipped.size() != 1) std::abort();
  }
  return 0;
}
