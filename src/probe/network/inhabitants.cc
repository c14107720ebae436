#include "probe/network/inhabitants.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "probe/network/places.h"

namespace plimsoll::probe {
namespace {

constexpr std::chrono::seconds grace{5};

}  // namespace

Status Inhabitants::take_in(const Watched& container, std::vector<uint64_t>& fresh) {
  Hold hold;
  PLIMSOLL_TRY(opened, network::name_space_of(container.pid));
  hold = std::make_shared<const network::NameSpace>(std::move(opened));
  Watched known = container;
  if (const std::string path = cgroup2_path(machine_, container.pid); !path.empty()) known.cgroup = path;
  // The host's addresses are the host's, whoever shares its namespace.
  const bool shares_host = hold->inode == owners_.host_namespace();
  owners_.add(known, hold->inode,
              shares_host ? std::vector<network::Address>{} : addresses_of(machine_, std::to_string(container.pid)));
  living_[container.asset] = {container, hold};
  PLIMSOLL_CHECK(hooks_.comes(*hold));
  fresh.push_back(hold->inode);
  return Done{};
}

void Inhabitants::let_go(const AssetId& asset, Hold hold) {
  gone_.push_back({asset, std::move(hold), std::chrono::steady_clock::now() + grace});
}

std::vector<uint64_t> Inhabitants::update(const std::vector<Watched>& containers, IncompleteList& gaps) {
  std::set<AssetId> listed;
  std::vector<uint64_t> fresh;
  for (const Watched& container : containers) {
    listed.insert(container.asset);
    const auto known = living_.find(container.asset);
    if (known != living_.end() && known->second.container == container) continue;
    if (container.pid <= 0) continue;
    // Come back, or restarted: what stands of it goes at once.
    std::erase_if(gone_, [&](const Gone& gone) { return gone.asset == container.asset; });
    const Status taken = take_in(container, fresh);
    if (!taken.ok() && taken.error().kind != ErrorKind::not_found)
      gaps.push_back({"connections of " + printable(container.name, 200), taken.error().message, taken.error().advice});
  }
  for (auto at = living_.begin(); at != living_.end();) {
    if (listed.contains(at->first)) {
      ++at;
      continue;
    }
    let_go(at->first, at->second.name_space);
    at = living_.erase(at);
  }
  return fresh;
}

void Inhabitants::bury(std::chrono::steady_clock::time_point now) {
  for (const Gone& gone : gone_) {
    if (gone.until > now) continue;
    owners_.remove(gone.asset);
    const uint64_t inode = gone.name_space->inode;
    const bool lived_in =
        std::ranges::any_of(living_, [&](const auto& living) { return living.second.name_space->inode == inode; });
    if (!lived_in && inode != owners_.host_namespace()) hooks_.goes(inode);
  }
  std::erase_if(gone_, [&](const Gone& gone) { return gone.until <= now; });
}

}  // namespace plimsoll::probe
