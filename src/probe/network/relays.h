#pragma once
#include <map>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "probe/network/observation.h"
#include "probe/network/owners.h"

namespace plimsoll::probe {

// Docker's relay for published ports, where the kernel does not translate them: it takes a connection and makes one of
// its own. Both are told as one flow, from the client to the container. Bounded.
class Relays {
 public:
  static constexpr std::string_view process = "docker-proxy";

  explicit Relays(const Owners& owners) : owners_(owners) {}

  // The connection that a relay makes: no flow of its own.
  bool is_second_leg(const SeenFlow& flow) const;
  void learn(const SeenFlow& second_leg);
  // The container that a connection to a relay goes on to: the one its relay was seen to go on to, else the one that
  // the runtime published the port for. Empty: it goes to no relay.
  AssetId behind(const SeenFlow& flow) const;

  // Where a source does not tell the process of a short connection, a second leg is one that the host makes to the very
  // port, for each first leg one.
  void count_first_leg(const SeenFlow& flow);
  bool takes_for_second_leg(const SeenFlow& flow);

 private:
  const Owners& owners_;
  std::unordered_map<int, AssetId> seen_behind_;  // by the relay's pid
  std::map<std::tuple<AssetId, Transport, uint16_t>, uint64_t> first_legs_;
};

}  // namespace plimsoll::probe
