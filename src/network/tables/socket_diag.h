#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "network/flow_record.h"

namespace plimsoll::network {

// One socket as the kernel's socket diagnostics tell it (sock_diag(7)).
struct SocketSeen {
  Transport transport = Transport::tcp;
  uint8_t state = 0;  // include/net/tcp_states.h: established 1, time-wait 6, close 7, listen 10
  Endpoint local, remote;
  uint64_t cookie = 0;
  uint64_t inode = 0;                            // 0: no process holds it any more
  uint64_t cgroup = 0;                           // 0: not told
  uint64_t bytes_acked = 0, bytes_received = 0;  // TCP: as tcp_info counts them
  uint64_t segments_out = 0, segments_in = 0;    // with data
  bool operator==(const SocketSeen&) const = default;
  bool listens() const;
};

constexpr uint8_t socket_established = 1, socket_time_wait = 6, socket_closed = 7, socket_listens = 10;

// The payload of a request for all sockets of a kind: of type SOCK_DIAG_BY_FAMILY.
std::string socket_request(int family, Transport transport);

// The payload of one message of an answer, or of an event of a socket's end. `transport`: what was asked for; events
// tell their own. Nothing: malformed, or of another kind.
std::optional<SocketSeen> read_socket(std::string_view payload, std::optional<Transport> transport);

}  // namespace plimsoll::network
