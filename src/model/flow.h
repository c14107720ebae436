#pragma once
#include <cstdint>
#include <string>

#include "base/time.h"
#include "model/ids.h"

namespace plimsoll {

enum class Transport { tcp, udp };

struct FlowEnd {
  AssetId asset;  // empty: an address that is no asset of ours
  std::string address;
  uint16_t port = 0;  // 0 = any (the client side of an aggregated flow)
  bool wan = false;   // an outside network
  auto operator<=>(const FlowEnd&) const = default;
};

// Who opened a connection to whom; many connections of the same ends and server port are one flow.
struct Flow {
  FlowEnd from, to;
  Transport transport = Transport::tcp;
  std::string application;  // "HTTP", "Redis"; guessed from the port when nothing looked inside; may be empty
  bool seen = true;         // false: only permitted (shared network and a listening port, or a published port)
  uint64_t connections = 0;
  uint64_t bytes = 0;
  Instant first_seen{}, last_seen{};
  bool operator==(const Flow&) const = default;
};

}  // namespace plimsoll
