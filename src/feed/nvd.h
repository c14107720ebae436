#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plimsoll::feed {

// The base vectors of one CVE as NVD lists them: at most one of CVSS 4 and one of CVSS 3; one of CVSS 2 only when there
// is no other. Vectors are as NVD writes them (those of CVSS 2 without a prefix).
struct NvdCve {
  std::string id;
  struct Vector {
    std::string type, score;  // "CVSS_V3", "CVSS:3.1/AV:N/..."
    bool operator==(const Vector&) const = default;
  };
  std::vector<Vector> vectors;  // empty: not scored, or rejected
  bool operator==(const NvdCve&) const = default;
};

// One page of the NVD API 2.0 (https://nvd.nist.gov/developers/vulnerabilities).
struct NvdPage {
  uint64_t start = 0, total = 0;
  std::vector<NvdCve> cves;
};

// malformed: no page of that API. limit: larger than 64 MiB, or more than 10 000 CVEs (a page has at most 2000).
Result<NvdPage> parse_nvd_page(std::string_view json);

// One line of cvss/cve-cvss.jsonl.gz for a CVE with vectors, without its end.
std::string cvss_line_of(const NvdCve& cve);

}  // namespace plimsoll::feed
