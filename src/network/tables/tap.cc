#include "network/tables/tap.h"

#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

namespace plimsoll::network {
namespace {

constexpr int event_buffer = 1 << 20;
constexpr size_t most_events = 4096;  // at one look
// SKNLGRP_INET_TCP_DESTROY 1, _UDP_ 2, _INET6_TCP_ 3, _UDP_ 4 (linux/sock_diag.h).
constexpr uint32_t ended_groups = 0xf;

bool has_conntrack() {
  struct stat status{};
  return ::stat("/proc/sys/net/netfilter/nf_conntrack_max", &status) == 0;
}

Time now() { return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()); }

}  // namespace

Result<Tap> Tap::open(NameSpace where, const TapChoice& choice) {
  std::optional<NetlinkSocket> sockets, ended, tracked;
  PLIMSOLL_CHECK(inside(where, [&]() -> Status {
    PLIMSOLL_TRY(diagnostics, NetlinkSocket::open(NETLINK_SOCK_DIAG, 0, event_buffer));
    sockets = std::move(diagnostics);
    if (choice.ended_sockets) {
      PLIMSOLL_TRY(events, NetlinkSocket::open(NETLINK_SOCK_DIAG, ended_groups, event_buffer));
      ended = std::move(events);
    }
    if (choice.conntrack_groups != 0 && has_conntrack()) {
      PLIMSOLL_TRY(events, NetlinkSocket::open(NETLINK_NETFILTER, choice.conntrack_groups, event_buffer));
      tracked = std::move(events);
    }
    return Done{};
  }));
  Tap out(std::move(where), std::move(*sockets));
  out.ended_ = std::move(ended);
  out.tracked_ = std::move(tracked);
  return out;
}

std::vector<int> Tap::descriptors() const {
  std::vector<int> out;
  if (ended_) out.push_back(ended_->descriptor());
  if (tracked_) out.push_back(tracked_->descriptor());
  return out;
}

Sighting Tap::sighting_of(const SocketSeen& socket, bool ended) const {
  const bool listening = listening_.contains({socket.transport, socket.local.port});
  return sighting_of_socket(socket, listening, where_.inode, ended, now());
}

Status Tap::dump(const std::function<void(const SocketSeen&)>& raw, const Seen& seen) {
  constexpr std::array kinds{std::pair{AF_INET, Transport::tcp}, std::pair{AF_INET6, Transport::tcp},
                             std::pair{AF_INET, Transport::udp}, std::pair{AF_INET6, Transport::udp}};
  std::vector<SocketSeen> all;
  for (const auto& [family, transport] : kinds) {
    const auto take = [&, kind = transport](uint16_t type, std::string_view payload) {
      if (type != SOCK_DIAG_BY_FAMILY) return;
      if (auto socket = read_socket(payload, kind)) all.push_back(*socket);
    };
    PLIMSOLL_CHECK(sockets_.ask(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, socket_request(family, transport), take));
  }
  // Ports that listened before stay: their connections may outlive the listener.
  for (const SocketSeen& socket : all) {
    if (socket.listens()) listening_.insert({socket.transport, socket.local.port});
    raw(socket);
  }
  for (const SocketSeen& socket : all) {
    if (socket.remote.port == 0 || socket.local.port == 0) continue;
    if (socket.transport == Transport::tcp && socket.state == socket_time_wait) continue;  // told when it ended
    seen(sighting_of(socket, false));
  }
  return Done{};
}

bool Tap::take_ended(const Seen& seen) {
  if (!ended_) return false;
  return ended_->take(most_events, [&](uint16_t type, std::string_view payload) {
    if (type != SOCK_DIAG_BY_FAMILY) return;
    const auto socket = read_socket(payload, std::nullopt);
    if (!socket || socket->remote.port == 0 || socket->local.port == 0) return;
    seen(sighting_of(*socket, true));
  });
}

Status Tap::dump_tracked(const std::function<void(const Tracked&)>& seen) {
  if (!tracked_) return Done{};
  // A second socket for the question, so that answers and events do not mix.
  std::optional<NetlinkSocket> asking;
  PLIMSOLL_CHECK(inside(where_, [&]() -> Status {
    PLIMSOLL_TRY(opened, NetlinkSocket::open(NETLINK_NETFILTER, 0, event_buffer));
    asking = std::move(opened);
    return Done{};
  }));
  return asking->ask(conntrack_dump_type, NLM_F_DUMP, conntrack_dump_request(), [&](uint16_t type, std::string_view p) {
    if (const auto entry = read_tracked(type, p)) seen(*entry);
  });
}

bool Tap::take_tracked(const std::function<void(const Tracked&)>& seen) {
  if (!tracked_) return false;
  return tracked_->take(most_events, [&](uint16_t type, std::string_view payload) {
    if (const auto entry = read_tracked(type, payload)) seen(*entry);
  });
}

Sighting sighting_of_socket(const SocketSeen& socket, bool listening, uint64_t name_space, bool has_ended, Time at) {
  Sighting out;
  out.source = SourceKind::socket_tables;
  // Without a listener on its port the socket opened the connection, unless the numbers say otherwise: the listener
  // may have gone.
  constexpr uint16_t first_free_port = 32'768;  // where Linux takes ports of clients from
  out.side_known = listening || socket.local.port >= first_free_port;
  const bool server = listening || (!out.side_known && socket.local.port < socket.remote.port);
  out.side = server ? Side::server : Side::client;
  FlowRecord& flow = out.flow;
  flow.key = {socket.transport, server ? socket.remote : socket.local, server ? socket.local : socket.remote};
  flow.first_seen = flow.last_seen = at;
  Owner& owner = server ? flow.server_owner : flow.client_owner;
  owner.network_namespace = name_space;
  owner.cgroup = socket.cgroup;
  // tcp_info counts the SYN of the opener and, of a connection that was closed in peace, the FINs as a byte each.
  const auto less = [](uint64_t bytes, uint64_t surplus) { return bytes > surplus ? bytes - surplus : 0; };
  const uint64_t fin = has_ended && socket.transport == Transport::tcp ? 1 : 0;
  const uint64_t sent = less(socket.bytes_acked, (server ? 0U : 1U) + fin), got = less(socket.bytes_received, fin);
  (server ? flow.bytes_to_client : flow.bytes_to_server) = sent;
  (server ? flow.bytes_to_server : flow.bytes_to_client) = got;
  (server ? flow.packets_to_client : flow.packets_to_server) = socket.segments_out;
  (server ? flow.packets_to_server : flow.packets_to_client) = socket.segments_in;
  // The one who opened gets his SYN acknowledged: a socket that ends without that never was connected.
  const bool connected =
      socket.transport == Transport::udp || server || socket.bytes_acked > 0 || socket.bytes_received > 0;
  flow.state = !has_ended ? FlowState::established : connected ? FlowState::closed : FlowState::unanswered;
  out.socket = socket.cookie;
  out.name_space = name_space;
  return out;
}

Sighting sighting_of_tracked(const Tracked& entry, uint64_t name_space, Time at) {
  Sighting out;
  out.source = SourceKind::connection_tracking;
  out.side = Side::way;
  out.name_space = name_space;
  FlowRecord& flow = out.flow;
  flow.key = {entry.original.transport, entry.original.client, entry.reply.server};
  flow.opener_seen = true;
  flow.first_seen = flow.last_seen = at;
  flow.packets_to_server = entry.packets_to_server;
  flow.packets_to_client = entry.packets_to_client;
  const bool over = entry.event == Tracked::Event::ended;
  flow.state = !entry.answered ? (over ? FlowState::unanswered : FlowState::opening)
                               : (over ? FlowState::closed : FlowState::established);
  return out;
}

}  // namespace plimsoll::network
