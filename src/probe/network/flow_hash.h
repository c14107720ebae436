#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "network/flow_record.h"

namespace plimsoll::probe {

// For tables of flows whose keys strangers choose: seeded, so that they cannot choose ones that meet.
struct FlowHash {
  size_t operator()(const network::FlowKey& key) const {
    uint64_t state = seed() ^ static_cast<uint64_t>(key.transport);
    for (const network::Endpoint* end : {&key.client, &key.server}) {
      uint64_t words[2];
      std::memcpy(words, end->address.bytes.data(), sizeof words);
      state = mix(mix(mix(state, words[0]), words[1]), end->port);
    }
    return state;
  }

 private:
  static uint64_t seed();
  // A multiplication of 64 by 64 bits, folded.
  static uint64_t mix(uint64_t a, uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a ^ 0x9e3779b97f4a7c15U ^ b) * 0xd6e8feb86659fd93U;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }
};

}  // namespace plimsoll::probe
