#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace plimsoll::version {

// The upstream part at the head of a version: "6.1.76-1" -> 6.1.76, "1.0.0-rc93" -> 1.0.0 rc 93, "20.10.24+dfsg1"
// -> 20.10.24, "1.4.0~rc.2" -> 1.4.0 rc 2. A release candidate (or beta, alpha) comes before its release.
struct UpstreamVersion {
  std::vector<uint64_t> numbers;  // without trailing zeros
  int stage = 3;                  // 0 alpha, 1 beta, 2 candidate, 3 release
  uint64_t stage_number = 0;
  std::weak_ordering operator<=>(const UpstreamVersion& other) const;
  bool operator==(const UpstreamVersion&) const = default;
};

// Nothing when no number leads (after an optional "v" and a Debian epoch "N:").
std::optional<UpstreamVersion> parse_upstream(std::string_view version);

// The upstream version of a running kernel. Debian's release names an ABI, not a version ("6.1.0-18-amd64"); there
// uname -v tells it ("#1 SMP ... Debian 6.1.76-1 (...)").
std::optional<UpstreamVersion> kernel_upstream(std::string_view release, std::string_view version_text);

}  // namespace plimsoll::version
