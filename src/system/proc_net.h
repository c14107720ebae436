#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/facts.h"
#include "model/flow.h"

namespace plimsoll::system {

// Parsers of the kernel's network tables (Documentation/networking/proc_net_tcp.rst). Pure and bounded: lines that
// break the format are skipped, at most `kMaxRows` rows are kept.
inline constexpr size_t kMaxRows = 200'000;

// One line of /proc/PID/net/{tcp,tcp6,udp,udp6}. IPv4 addresses mapped into IPv6 are given as IPv4.
struct SocketRow {
  Transport transport = Transport::tcp;
  std::string local_address, remote_address;
  uint16_t local_port = 0, remote_port = 0;
  int state = 0;  // TCP_ESTABLISHED 1, TCP_CLOSE 7 (an unconnected UDP socket), TCP_LISTEN 10
  uint32_t uid = 0;
  uint64_t inode = 0;

  bool listens() const;      // a TCP listener, or an unconnected UDP socket bound to a port
  bool established() const;  // a connected socket with a peer
};

struct SocketTable {
  std::vector<SocketRow> rows;
  bool complete = true;  // false: a line broke the format or the bound was met
};

SocketTable parse_sockets(std::string_view text, Transport transport);

// One bound, listening UNIX socket with a path in the file system (abstract names are left out).
struct UnixListener {
  std::string path;
  uint64_t inode = 0;  // of the socket itself, as in "socket:[N]" links; not the inode of the path
};
std::vector<UnixListener> parse_unix_listeners(std::string_view text);

// A default route that is up, is no reject route and does not lead to the loopback device: /proc/net/route and
// /proc/net/ipv6_route.
bool has_default_route4(std::string_view text);
bool has_default_route6(std::string_view text);

// Local addresses, loopback left out: /proc/net/fib_trie ("/32 host LOCAL" leaves) and /proc/net/if_inet6.
std::vector<std::string> parse_local_addresses4(std::string_view fib_trie);
std::vector<std::string> parse_local_addresses6(std::string_view if_inet6);

bool is_loopback(std::string_view address);  // 127.0.0.0/8 or ::1

}  // namespace plimsoll::system
