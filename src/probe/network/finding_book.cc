#include "probe/network/finding_book.h"

#include <algorithm>

#include "probe/network/places.h"

namespace plimsoll::probe {
namespace {

constexpr size_t most_findings = 10'000;

}  // namespace

void FindingBook::add(network::CapturedFinding told) {
  const network::Finding& finding = told.finding;
  const uint64_t where = is_loopback(finding.target.address) ? told.name_space : 0;
  const Key key{finding.detector, where, finding.source.address, finding.target};
  const auto known = findings_.find(key);
  if (known == findings_.end()) {
    if (findings_.size() < most_findings) findings_.emplace(key, std::move(told));
    return;
  }
  network::Finding& before = known->second.finding;
  if (finding.count < before.count) return;
  const network::Time first = std::min(before.first_seen, finding.first_seen);
  known->second = std::move(told);
  known->second.finding.first_seen = first;
}

std::vector<SeenFinding> FindingBook::all(const Owners& owners) const {
  std::vector<SeenFinding> out;
  for (const auto& [key, captured] : findings_) {
    const auto asset_at = [&](const network::Address& address) {
      const uint64_t where = is_loopback(address) ? captured.name_space : owners.namespace_with(address);
      return where == 0 ? AssetId{} : owners.asset_of({}, where);
    };
    out.push_back(
        {captured.finding, asset_at(captured.finding.source.address), asset_at(captured.finding.target.address)});
  }
  return out;
}

}  // namespace plimsoll::probe
