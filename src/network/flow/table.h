#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <list>
#include <span>
#include <vector>

#include "network/flow/flow.h"
#include "network/sensor.h"

namespace plimsoll::network {

// The flows of a sensor, found by their two ends in either order. At most `limits.flows`: when it is full, the one that
// was longest without a packet leaves, first of those that are closed, then of those nobody answered, then of UDP, then
// of TCP. Flows that were idle for the time of their kind leave by expire().
class FlowTable {
 public:
  using Leaves = std::function<void(Flow&)>;  // just before it is destroyed
  FlowTable(const SensorLimits& limits, Leaves leaves);

  // The flow between these ends; null: none.
  Flow* find(Transport transport, const Endpoint& a, const Endpoint& b);
  // There must be none yet.
  Flow& open(const FlowKey& key, Time at);
  // A packet of it came: it is the youngest of its kind.
  void touch(Flow& flow, Ageing ageing, Time at);
  void remove(Flow& flow);
  void expire(Time now);
  void clear();

  uint64_t evicted() const { return evicted_; }
  size_t size() const { return size_; }
  template <class Visit>
  void each(Visit visit) const {
    for (const std::list<Flow>& flows : by_age_) {
      for (const Flow& flow : flows) visit(flow);
    }
  }

 private:
  uint64_t hash(Transport transport, const Endpoint& a, const Endpoint& b) const;
  void evict_one();

  std::array<std::chrono::microseconds, 4> time_outs_;  // by Ageing
  size_t most_;
  Leaves leaves_;
  uint64_t seed_;
  std::vector<Flow*> buckets_;
  std::array<std::list<Flow>, 4> by_age_;  // by Ageing; the oldest first
  size_t size_ = 0;
  uint64_t evicted_ = 0;
};

}  // namespace plimsoll::network
