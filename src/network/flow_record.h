#pragma once
#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

#include "model/flow.h"
#include "network/address.h"

namespace plimsoll::network {

using Time = std::chrono::sys_time<std::chrono::microseconds>;  // of the packet or kernel event, UTC

struct Endpoint {
  Address address;
  uint16_t port = 0;
  auto operator<=>(const Endpoint&) const = default;
};

// One connection, or one UDP conversation. The client is who opened it: who sent the first SYN or the first datagram.
struct FlowKey {
  Transport transport = Transport::tcp;
  Endpoint client, server;
  auto operator<=>(const FlowKey&) const = default;
};

enum class FlowState { opening, established, closed, reset, refused, unanswered };

// Whose an end is, as far as the kernel tells. 0 and empty: not known. An address alone never says whose it is.
struct Owner {
  uint64_t network_namespace = 0;  // inode of /proc/PID/ns/net
  uint64_t cgroup = 0;             // inode of its directory in the cgroup2 hierarchy
  int pid = 0;
  std::string process;  // its name (comm), at most 15 bytes, foreign text
  bool operator==(const Owner&) const = default;
};

struct FlowRecord {
  FlowKey key;
  bool opener_seen = false;  // the opening itself was seen; false: direction is judged by ports and listeners
  FlowState state = FlowState::opening;
  uint64_t bytes_to_server = 0, bytes_to_client = 0;  // of payload
  uint64_t packets_to_server = 0, packets_to_client = 0;
  Time first_seen{}, last_seen{};
  std::string application;          // "HTTP", "gRPC", "Redis"...: the names of protocol/names.h; empty: not identified
  std::string application_version;  // "1.3" of TLS, "5.7" of a wire protocol; empty where it has none
  std::string server_name;          // TLS SNI or HTTP Host; foreign text, printable
  std::string looked_up_as;         // the DNS name whose answer held the server's address just before; foreign text
  std::string software, software_version;  // of the server, by its banner: "nginx", "1.22.1"; foreign text
  Owner client_owner, server_owner;
  bool operator==(const FlowRecord&) const = default;
};

}  // namespace plimsoll::network
