#include "network/flow/table.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <random>

namespace plimsoll::network {
namespace {

// DETECTIONS: a SYN without answer 30 s, a closed connection 10 s, for packets that come late.
constexpr std::chrono::seconds closed_idle{10}, opening_idle{30};

uint64_t mix(uint64_t v) {  // the finisher of SplitMix64
  v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9;
  v = (v ^ (v >> 27)) * 0x94d049bb133111eb;
  return v ^ (v >> 31);
}

uint64_t hash_of(const Endpoint& end, uint64_t seed) {
  uint64_t half[2];
  std::memcpy(half, end.address.bytes.data(), sizeof half);
  return mix(mix(half[0] ^ seed) ^ half[1] ^ (uint64_t{end.port} << 16));
}

}  // namespace

FlowTable::FlowTable(const SensorLimits& limits, Leaves leaves)
    : time_outs_{closed_idle, opening_idle, limits.udp_idle, limits.tcp_idle},
      most_(std::max<size_t>(limits.flows, 1)),
      leaves_(std::move(leaves)),
      // Nobody outside can choose ends that fall into one bucket. Answers do not depend on it.
      seed_(uint64_t{std::random_device()()} << 32 | std::random_device()()),
      buckets_(std::bit_ceil(std::clamp<size_t>(most_, 1024, size_t{1} << 24))) {}

uint64_t FlowTable::hash(Transport transport, const Endpoint& a, const Endpoint& b) const {
  return mix((hash_of(a, seed_) + hash_of(b, seed_)) ^ (transport == Transport::udp ? 1 : 0));
}

Flow* FlowTable::find(Transport transport, const Endpoint& a, const Endpoint& b) {
  const uint64_t wanted = hash(transport, a, b);
  for (Flow* flow = buckets_[wanted & (buckets_.size() - 1)]; flow != nullptr; flow = flow->next_in_bucket) {
    if (flow->hash != wanted || flow->record.key.transport != transport) continue;
    const FlowKey& key = flow->record.key;
    if ((key.client == a && key.server == b) || (key.client == b && key.server == a)) return flow;
  }
  return nullptr;
}

Flow& FlowTable::open(const FlowKey& key, Time at) {
  if (size_ >= most_) evict_one();
  std::list<Flow>& flows = by_age_[static_cast<size_t>(Ageing::opening)];
  flows.emplace_back();
  Flow& flow = flows.back();
  flow.place = std::prev(flows.end());
  flow.record.key = key;
  flow.record.first_seen = flow.record.last_seen = at;
  flow.hash = hash(key.transport, key.client, key.server);
  Flow*& bucket = buckets_[flow.hash & (buckets_.size() - 1)];
  flow.next_in_bucket = bucket;
  bucket = &flow;
  ++size_;
  return flow;
}

void FlowTable::touch(Flow& flow, Ageing ageing, Time at) {
  std::list<Flow>& from = by_age_[static_cast<size_t>(flow.ageing)];
  std::list<Flow>& to = by_age_[static_cast<size_t>(ageing)];
  to.splice(to.end(), from, flow.place);
  flow.ageing = ageing;
  flow.record.last_seen = std::max(flow.record.last_seen, at);
}

void FlowTable::remove(Flow& flow) {
  leaves_(flow);
  Flow** link = &buckets_[flow.hash & (buckets_.size() - 1)];
  while (*link != &flow) link = &(*link)->next_in_bucket;
  *link = flow.next_in_bucket;
  --size_;
  by_age_[static_cast<size_t>(flow.ageing)].erase(flow.place);
}

void FlowTable::evict_one() {
  for (std::list<Flow>& flows : by_age_) {
    if (flows.empty()) continue;
    ++evicted_;
    return remove(flows.front());
  }
}

void FlowTable::expire(Time now) {
  for (size_t kind = 0; kind < by_age_.size(); ++kind) {
    std::list<Flow>& flows = by_age_[kind];
    while (!flows.empty() && now - flows.front().record.last_seen > time_outs_[kind]) remove(flows.front());
  }
}

void FlowTable::clear() {
  for (std::list<Flow>& flows : by_age_) {
    while (!flows.empty()) remove(flows.front());
  }
}

}  // namespace plimsoll::network
