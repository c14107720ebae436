#include "probe/network/watched.h"

namespace plimsoll::probe {

AssetId asset_of(const ContainerFacts& facts) { return {facts.runtime + ":" + facts.id.value}; }

Watched watched(const ContainerFacts& facts, const std::string& cgroup) {
  Watched out{
      asset_of(facts), facts.name.empty() ? facts.id.value.substr(0, 12) : facts.name, facts.pid, cgroup, {}, {}};
  if (facts.published.known()) out.published = *facts.published.value;
  if (!facts.networks.known()) return out;
  for (const NetworkAttachment& network : *facts.networks.value) {
    for (const std::string& address : {network.address4, network.address6}) {
      if (!address.empty()) out.addresses.push_back(address);
    }
  }
  return out;
}

std::vector<Watched> watched(const std::vector<runtime::Listed>& containers) {
  std::vector<Watched> out;
  for (const runtime::Listed& listed : containers) out.push_back(watched(listed.facts, listed.cgroup));
  return out;
}

}  // namespace plimsoll::probe
