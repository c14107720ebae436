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
  std::string application;          // "HTTP", "Redis"; guessed from the port when nothing looked inside; may be empty
  bool application_seen = false;    // its bytes were looked at: not a guess
  std::string application_version;  // "1.3" of TLS; may be empty
  std::string software, software_version;  // of the server, by its banner: "nginx", "1.22.1"; foreign text
  std::string server_name;                 // TLS SNI or HTTP Host; foreign text
  std::string looked_up_as;                // the DNS name whose answer held the server's address; foreign text
  std::string from_process, to_process;    // names, where the kernel told; foreign text
  bool seen = true;          // false: only permitted (shared network and a listening port, or a published port)
  bool opener_seen = false;  // the opening itself was seen; false: who is the client is judged by ports and listeners
  uint64_t connections = 0;
  uint64_t refused = 0, unanswered = 0, reset = 0;  // of the connections
  uint64_t bytes = 0;                               // of payload, both ways
  uint64_t bytes_to_server = 0, bytes_to_client = 0;
  uint64_t packets_to_server = 0, packets_to_client = 0;
  Instant first_seen{}, last_seen{};
  bool operator==(const Flow&) const = default;
};

}  // namespace plimsoll
