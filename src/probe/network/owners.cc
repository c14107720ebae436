#include "probe/network/owners.h"

#include <algorithm>

#include "runtime/cgroup_names.h"
#include "system/mountinfo.h"

namespace plimsoll::probe {
namespace {

constexpr size_t most_cgroups = 65'536;
constexpr uint64_t root_cgroup = 1;  // of the cgroup2 hierarchy: where all sockets are on a host that uses cgroup v1

}  // namespace

void Owners::add(const Watched& container, uint64_t name_space, std::vector<network::Address> addresses) {
  remove(container.asset);
  for (const network::Address& address : addresses) at_address_[address].insert(name_space);
  known_[container.asset] = {container, name_space, std::move(addresses)};
  if (name_space != 0) {
    // Whose namespace it is comes first: who joins it starts later.
    std::vector<AssetId>& there = in_namespace_[name_space];
    there.push_back(container.asset);
    std::ranges::sort(there, {}, [&](const AssetId& asset) { return known_.at(asset).container.pid; });
  }
  cgroups_.clear();  // an answer may have been given before the container was known
}

void Owners::remove(const AssetId& asset) {
  const auto found = known_.find(asset);
  if (found == known_.end()) return;
  for (const network::Address& address : found->second.addresses) {
    std::multiset<uint64_t>& there = at_address_[address];
    if (const auto one = there.find(found->second.name_space); one != there.end()) there.erase(one);
    if (there.empty()) at_address_.erase(address);
  }
  if (const auto there = in_namespace_.find(found->second.name_space); there != in_namespace_.end()) {
    std::erase(there->second, asset);
    if (there->second.empty()) in_namespace_.erase(there);
  }
  known_.erase(found);
}

void Owners::set_host_addresses(std::vector<network::Address> addresses) { host_addresses_ = std::move(addresses); }

AssetId Owners::find_cgroup(uint64_t cgroup) const {
  const Result<std::string> path = lookup_(cgroup);
  if (!path.ok()) return {};
  for (const auto& [asset, known] : known_) {
    const std::string& own = known.container.cgroup;
    if (own.size() > 1 && system::is_at_or_below(*path, own)) return asset;
  }
  // One that came and was not listed yet, or has gone before it could be.
  if (const auto named = runtime::container_of_cgroup(*path)) return {named->runtime + ":" + named->id};
  return host_;
}

AssetId Owners::by_cgroup(uint64_t cgroup) const {
  if (cgroup <= root_cgroup) return {};
  if (const auto found = cgroups_.find(cgroup); found != cgroups_.end()) return found->second;
  if (cgroups_.size() >= most_cgroups) cgroups_.clear();
  return cgroups_[cgroup] = find_cgroup(cgroup);
}

AssetId Owners::by_namespace(uint64_t name_space) const {
  if (name_space == host_namespace_) return {};
  const auto found = in_namespace_.find(name_space);
  return found == in_namespace_.end() ? AssetId{} : found->second.front();  // the others joined the first one's
}

AssetId Owners::asset_of(const network::Owner& owner, uint64_t name_space) const {
  const uint64_t where = owner.network_namespace != 0 ? owner.network_namespace : name_space;
  if (const AssetId asset = by_cgroup(owner.cgroup); !asset.empty()) return asset;
  const AssetId inhabitant = by_namespace(where);
  if (inhabitant.empty() || owner.cgroup != root_cgroup) return inhabitant.empty() ? host_ : inhabitant;
  // In the root cgroup: the container's own process where no container has a cgroup of its own; where it has one,
  // somebody of the host who went in there, as the engine's resolver does.
  const std::string& own = known_.at(inhabitant).container.cgroup;
  return own.empty() || own == "/" ? inhabitant : host_;
}

uint64_t Owners::namespace_with(const network::Address& address) const {
  if (std::ranges::find(host_addresses_, address) != host_addresses_.end()) return host_namespace_;
  const auto found = at_address_.find(address);
  if (found == at_address_.end() || *found->second.begin() != *found->second.rbegin()) return 0;
  return *found->second.begin();
}

std::optional<Owners::Behind> Owners::published(Transport transport, uint16_t host_port) const {
  for (const auto& [asset, known] : known_) {
    for (const PublishedPort& port : known.container.published) {
      if (port.transport != transport || port.host_port != host_port) continue;
      const AssetId first = by_namespace(known.name_space);  // others that joined it say the same of themselves
      return Behind{first.empty() ? asset : first, port.container_port};
    }
  }
  return std::nullopt;
}

uint64_t Owners::namespace_of(const AssetId& asset) const {
  if (asset == host_) return host_namespace_;
  const auto found = known_.find(asset);
  return found == known_.end() ? 0 : found->second.name_space;
}

bool Owners::host_namespace_shared() const { return in_namespace_.contains(host_namespace_); }

}  // namespace plimsoll::probe
