#pragma once
#include <cstddef>

#include "network/flow_record.h"

namespace plimsoll::network {

// Whom a source counts as: an outside IPv6 user owns a whole /64 and can change the rest at will, so addresses of
// 2000::/3 are cut to their /64; all others stand for themselves.
Address source_key(const Address& source);

struct Pair {
  Address source, target;
  bool operator==(const Pair&) const = default;
};

// Hashes for StateTable. Seeded at random for each process, so that nobody can choose addresses that collide.
struct KeyHash {
  size_t operator()(const Pair& pair) const;
  size_t operator()(const Endpoint& endpoint) const;
  size_t operator()(const FlowKey& key) const;
};
uint64_t hash_of(const Address& address);

}  // namespace plimsoll::network
