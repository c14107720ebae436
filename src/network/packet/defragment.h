#pragma once
#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <vector>

#include "network/packet/decode.h"

namespace plimsoll::network {

struct DefragmentLimits {
  size_t datagrams = 1024, fragments_each = 64, bytes = 16u << 20;
  std::chrono::seconds age{30};
};

// Puts fragments of IP datagrams together (RFC 791, RFC 8200, RFC 5722). IPv4: of bytes that come twice the first stay.
// IPv6: a datagram with overlapping fragments is dropped whole. Bounded; the oldest datagram gives way, and is counted.
class Defragmenter {
 public:
  explicit Defragmenter(DefragmentLimits limits = {}) : limits_(limits) {}

  // Takes a fragment; the whole datagram when this was its last piece. Its views live until the next call.
  std::optional<Decoded> add(const Decoded& fragment, Time at);

  uint64_t lost() const { return lost_; }  // datagrams given up: overlapping, too old, or by a bound
  size_t held_bytes() const { return held_; }

 private:
  struct Key {
    Address source, destination;
    uint32_t id = 0;
    uint8_t protocol = 0;
    auto operator<=>(const Key&) const = default;
  };
  struct Pieces {
    Key key;
    Time began{};
    std::map<uint32_t, std::vector<uint8_t>> by_offset;  // none overlaps another
    std::optional<uint32_t> end;                         // known once the last fragment came
    size_t bytes = 0;
  };
  using Place = std::list<Pieces>::iterator;

  void drop(Place place);
  void make_room(Time at);
  bool insert(Pieces& pieces, const Decoded& fragment);
  std::optional<Decoded> whole(Place place, const Decoded& like);

  DefragmentLimits limits_;
  std::list<Pieces> by_age_;
  std::map<Key, Place> by_key_;
  std::vector<uint8_t> joined_;
  uint64_t lost_ = 0;
  size_t held_ = 0;
};

}  // namespace plimsoll::network
