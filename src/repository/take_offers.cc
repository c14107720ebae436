#include "repository/take_offers.h"

#include <algorithm>

#include "base/text.h"
#include "repository/offers.h"

namespace plimsoll::repository {
namespace {

constexpr size_t max_remembered = size_t{512} << 20;

std::string host_of(const std::string& url) {
  const size_t start = url.find("://");
  return start == std::string::npos ? "" : url.substr(0, url.find('/', start + 3));
}

}  // namespace

const HostLists& Sources::host() {
  if (!host_) host_ = read_host_ ? read_host_() : HostLists{};
  return *host_;
}

const AptLists& Sources::host_apt_lists() {
  if (!host_apt_) host_apt_ = read_host_lists(host().files, {.all_suites = true});
  return *host_apt_;
}

Result<std::optional<std::string>> Sources::fetch(const std::string& url, size_t limit) {
  const std::string scheme = lower(url.substr(0, url.find("://")));
  if (scheme != "http" && scheme != "https")
    return Error{ErrorKind::unsupported, "is fetched over http and https only", printable(url, 300)};
  if (dead_hosts_.contains(host_of(url)))
    return Error{ErrorKind::unreachable, "its server did not answer before", printable(url, 300)};
  if (const auto known = fetched_.find(url); known != fetched_.end()) return known->second;
  Result<std::optional<std::string>> answer = fetch_(url, limit);
  if (!answer.ok() && (answer.error().kind == ErrorKind::unreachable || answer.error().kind == ErrorKind::timeout))
    dead_hosts_.insert(host_of(url));
  size_t held = 0;
  for (const auto& [other, bytes] : fetched_) held += bytes.ok() && *bytes ? (*bytes)->size() : 0;
  if (held < max_remembered) fetched_.emplace(url, answer);
  return answer;
}

Incomplete nothing_at_hand(std::string reason, std::string remedy) {
  return {"pending security updates", std::move(reason), std::move(remedy)};
}

Offered take_offers(Files files, const std::optional<OsRelease>& os, const std::vector<Package>& packages,
                    Sources& sources) {
  const auto has = [&](PackageType type) {
    return std::ranges::any_of(packages, [&](const Package& package) { return package.type == type; });
  };
  if (has(PackageType::deb)) return take_apt_offers(files, os, packages, sources);
  if (has(PackageType::apk)) return take_apk_offers(files, os, packages, sources);
  if (has(PackageType::rpm)) return take_rpm_offers(files, packages);
  return {};
}

}  // namespace plimsoll::repository
