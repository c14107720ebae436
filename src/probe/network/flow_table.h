#pragma once
#include <array>
#include <chrono>
#include <functional>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

#include "network/sighting.h"
#include "probe/network/flow_hash.h"
#include "probe/network/nat_table.h"
#include "probe/network/observation.h"
#include "probe/network/owners.h"
#include "probe/network/relays.h"

namespace plimsoll::probe {

struct FlowTableLimits {
  size_t flows = 32'768;
  std::chrono::seconds tcp_idle{3600}, udp_idle{60};
  std::chrono::milliseconds linger{1500};  // after its end: the other side may still be told
};

struct FlowTableCounts {
  uint64_t opened = 0;
  uint64_t evicted = 0;  // left early because the table was full
};

// Joins what is seen of each flow from its two ends and from the way between into one, with the assets at its ends.
// Bounded: when it is full the least recently seen leaves. Not thread-safe.
class FlowTable {
 public:
  using Leaves = std::function<void(const SeenFlow&)>;
  FlowTable(const Owners& owners, const NatTable& nat, FlowTableLimits limits, Leaves leaves);

  void see(const network::Sighting& sighting);
  void listens(const network::ListenerSeen& listener);
  void expire(network::Time now);
  void flush();  // all leave
  std::vector<SeenFlow> flows() const;
  const FlowTableCounts& counts() const { return counts_; }
  size_t size() const { return entries_.size(); }

 private:
  struct Amounts {
    uint64_t bytes_to_server = 0, bytes_to_client = 0, packets_to_server = 0, packets_to_client = 0;
  };
  struct Seen {  // by one side
    bool there = false;
    uint64_t socket = 0;
    bool ended = false;
    Amounts amounts;
  };
  struct Key {
    network::FlowKey flow;
    uint64_t scope = 0;  // loopback addresses mean something within one namespace only
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const { return FlowHash{}(key.flow) ^ (key.scope * 0x9e3779b97f4a7c15U); }
  };
  struct Entry {
    Key key;
    SeenFlow flow;
    std::array<Seen, 3> sides;  // by Side
    bool first_leg_counted = false;
  };
  using Order = std::list<Entry>;  // least recently seen first

  Key key_of(const network::Sighting& sighting, const network::FlowKey& flow) const;
  bool is_old_news(const network::Sighting& sighting) const;
  Order::iterator place(const network::Sighting& sighting, bool& turned);
  void join(Entry& entry, const network::Sighting& sighting, bool turned);
  void take_owner(Entry& entry, const network::Sighting& sighting, network::Side side);
  void name_unseen_ends(SeenFlow& flow, uint64_t scope) const;
  SeenFlow finished(const Entry& entry) const;
  void leave(Order::iterator entry);

  const Owners& owners_;
  const NatTable& nat_;
  Relays relays_;
  FlowTableLimits limits_;
  Leaves leaves_;
  Order order_;
  std::unordered_map<Key, Order::iterator, KeyHash> entries_;
  std::unordered_map<uint64_t, network::Owner> listeners_;  // by namespace, transport and port
  FlowTableCounts counts_;
  network::Time now_{};  // of the last expire()
};

}  // namespace plimsoll::probe
