#pragma once
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "network/capture/worker.h"
#include "probe/network/observation.h"
#include "probe/network/owners.h"

namespace plimsoll::probe {

// The findings of all namespaces, each once: what passes between two containers is seen in both. Bounded.
class FindingBook {
 public:
  void add(network::CapturedFinding told);
  // With the assets at their ends: by the namespace that has the address, or in which a loopback address was seen.
  std::vector<SeenFinding> all(const Owners& owners) const;

 private:
  // As a sensor folds: the source's port is not part of it. Loopback addresses are everybody's: with their namespace.
  using Key = std::tuple<std::string, uint64_t, network::Address, network::Endpoint>;
  std::map<Key, network::CapturedFinding> findings_;
};

}  // namespace plimsoll::probe
