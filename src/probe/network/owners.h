#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "network/sighting.h"
#include "probe/network/watched.h"

namespace plimsoll::probe {

// Whose a socket is: decided by its control group, then by its network namespace, never by an address alone. Containers
// that share the host's namespace are told from the host by their control group.
class Owners {
 public:
  using CgroupLookup = std::function<Result<std::string>(uint64_t cgroup)>;

  Owners(AssetId host, uint64_t host_namespace, CgroupLookup lookup)
      : host_(std::move(host)), host_namespace_(host_namespace), lookup_(std::move(lookup)) {}

  // A container, and the namespace its first process lives in (0: not known). The namespace must be held for as long as
  // the container is here, so that its number names no other. `container.cgroup`: its path in the cgroup2 hierarchy.
  void add(const Watched& container, uint64_t name_space, std::vector<network::Address> addresses);
  void remove(const AssetId& asset);
  void set_host_addresses(std::vector<network::Address> addresses);

  // The owner of a socket. `name_space`: where it was seen, when the owner itself does not tell.
  AssetId asset_of(const network::Owner& owner, uint64_t name_space) const;

  // For an end whose socket nobody saw (a connection refused, a datagram without a taker): the namespace that alone has
  // this address. 0: none, or more than one.
  uint64_t namespace_with(const network::Address& address) const;

  // The container that the host hands connections of this port on to, and its port there.
  struct Behind {
    AssetId asset;
    uint16_t port = 0;
  };
  std::optional<Behind> published(Transport transport, uint16_t host_port) const;

  const AssetId& host() const { return host_; }
  uint64_t host_namespace() const { return host_namespace_; }
  // A namespace of one container alone.
  uint64_t namespace_of(const AssetId& asset) const;
  bool host_namespace_shared() const;

 private:
  struct Known {
    Watched container;
    uint64_t name_space = 0;
    std::vector<network::Address> addresses;
  };
  AssetId by_cgroup(uint64_t cgroup) const;
  AssetId find_cgroup(uint64_t cgroup) const;
  AssetId by_namespace(uint64_t name_space) const;

  AssetId host_;
  uint64_t host_namespace_;
  CgroupLookup lookup_;
  std::map<AssetId, Known> known_;
  std::map<uint64_t, std::vector<AssetId>> in_namespace_;
  std::map<network::Address, std::multiset<uint64_t>> at_address_;  // the namespaces of containers that have it
  std::vector<network::Address> host_addresses_;
  mutable std::unordered_map<uint64_t, AssetId> cgroups_;  // answers so far; the host's own id for "no container's"
};

}  // namespace plimsoll::probe
