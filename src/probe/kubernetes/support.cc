#include "probe/kubernetes/support.h"

#include <array>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace plimsoll::probe::kubernetes {
namespace {

struct Row {
  uint64_t minor;  // of 1.x
  std::string_view last_day;
};
// kubernetes.io/releases, "End of Life".
constexpr std::array<Row, 12> kRows = {{{24, "2023-07-28"},
                                        {25, "2023-10-28"},
                                        {26, "2024-02-28"},
                                        {27, "2024-06-28"},
                                        {28, "2024-10-28"},
                                        {29, "2025-02-28"},
                                        {30, "2025-06-28"},
                                        {31, "2025-10-28"},
                                        {32, "2026-02-28"},
                                        {33, "2026-06-28"},
                                        {34, "2026-10-27"},
                                        {35, "2027-02-28"}}};

// Of 1.x; nothing for what is no version of Kubernetes.
std::optional<uint64_t> minor_of(std::string_view version) {
  if (version.starts_with('v')) version.remove_prefix(1);
  const auto parts = split(version, '.');
  return parts.size() >= 2 && parts[0] == "1" ? parse_uint(parts[1]) : std::nullopt;
}

FactTree unknown_version(const FactTree& version) {
  return version.kind == FactTree::Kind::unknown ? version : FactTree::unknown_because("its version is not known");
}

}  // namespace

FactTree still_supported(const FactTree& version, Instant now) {
  if (version.kind != FactTree::Kind::text) return unknown_version(version);
  const auto minor = minor_of(version.text);
  if (!minor) return FactTree::unknown_because(printable(version.text, 40) + " is no version of Kubernetes");
  if (*minor < kRows.front().minor) return FactTree::map_of({{"is", FactTree::of(false)}}, "before 1.24");
  for (const Row& row : kRows) {
    const auto last = row.minor == *minor ? parse_rfc3339(row.last_day) : std::nullopt;
    if (!last) continue;
    return FactTree::map_of(
        {{"is", FactTree::of(now < *last + std::chrono::days{1})}, {"until", FactTree::of(std::string(row.last_day))}},
        "kubernetes.io/releases");
  }
  return FactTree::unknown_because("the end of support of 1." + std::to_string(*minor) + " is not known");
}

FactTree minors_behind(const FactTree& kubelet_version, const FactTree& api_server) {
  if (api_server.kind == FactTree::Kind::absent) return {};
  const FactTree& server_version = api_server.at("version");
  for (const FactTree* version : {&kubelet_version, &server_version}) {
    if (version->kind != FactTree::Kind::text) return unknown_version(*version);
    if (!minor_of(version->text))
      return FactTree::unknown_because(printable(version->text, 40) + " is no version of Kubernetes");
  }
  const auto behind =
      static_cast<int64_t>(*minor_of(server_version.text)) - static_cast<int64_t>(*minor_of(kubelet_version.text));
  return FactTree::of(behind, "versions of kubelet and kube-apiserver");
}

}  // namespace plimsoll::probe::kubernetes
