#include "network/tables/socket_diag.h"

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "system/netlink.h"

namespace plimsoll::network {
namespace {

// enum of linux/inet_diag.h; the last is younger than some headers.
constexpr uint16_t attribute_info = INET_DIAG_INFO, attribute_protocol = INET_DIAG_PROTOCOL, attribute_cgroup = 21;

uint16_t port_of(uint16_t network_order) { return ntohs(network_order); }

Address address_of(uint8_t family, const uint32_t* words) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(words);
  return family == AF_INET ? address_of_v4(bytes) : address_of_v6(bytes);
}

template <class T>
std::optional<T> number_in(std::string_view value) {
  T out;
  if (value.size() < sizeof out) return std::nullopt;
  std::memcpy(&out, value.data(), sizeof out);
  return out;
}

// An older kernel's structure is shorter: what it lacks stays 0.
void take_info(std::string_view value, SocketSeen& out) {
  tcp_info info{};
  if (!value.empty()) std::memcpy(&info, value.data(), std::min(value.size(), sizeof info));
  out.bytes_acked = info.tcpi_bytes_acked;
  out.bytes_received = info.tcpi_bytes_received;
  out.segments_out = info.tcpi_data_segs_out;
  out.segments_in = info.tcpi_data_segs_in;
}

}  // namespace

bool SocketSeen::listens() const {
  if (transport == Transport::tcp) return state == socket_listens;
  return state == socket_closed && local.port != 0 && remote.port == 0;
}

std::string socket_request(int family, Transport transport) {
  inet_diag_req_v2 request{};
  request.sdiag_family = static_cast<uint8_t>(family);
  request.sdiag_protocol = transport == Transport::tcp ? IPPROTO_TCP : IPPROTO_UDP;
  request.idiag_ext = 1 << (attribute_info - 1);
  request.idiag_states = ~0U;
  return std::string(reinterpret_cast<const char*>(&request), sizeof request);
}

std::optional<SocketSeen> read_socket(std::string_view payload, std::optional<Transport> transport) {
  inet_diag_msg message;
  if (payload.size() < sizeof message) return std::nullopt;
  std::memcpy(&message, payload.data(), sizeof message);
  if (message.idiag_family != AF_INET && message.idiag_family != AF_INET6) return std::nullopt;
  SocketSeen out;
  out.state = message.idiag_state;
  out.local = {address_of(message.idiag_family, message.id.idiag_src), port_of(message.id.idiag_sport)};
  out.remote = {address_of(message.idiag_family, message.id.idiag_dst), port_of(message.id.idiag_dport)};
  out.cookie = message.id.idiag_cookie[0] | uint64_t{message.id.idiag_cookie[1]} << 32;
  out.inode = message.idiag_inode;
  std::string_view info;
  for (const system::NetlinkAttribute& attribute : system::netlink_attributes(payload.substr(sizeof message))) {
    if (attribute.type == attribute_info) info = attribute.value;
    if (attribute.type == attribute_cgroup) out.cgroup = number_in<uint64_t>(attribute.value).value_or(0);
    if (attribute.type != attribute_protocol || transport) continue;
    const uint8_t protocol = number_in<uint8_t>(attribute.value).value_or(0);
    if (protocol == IPPROTO_TCP) transport = Transport::tcp;
    if (protocol == IPPROTO_UDP) transport = Transport::udp;
  }
  if (!transport) return std::nullopt;
  out.transport = *transport;
  if (out.transport == Transport::tcp) take_info(info, out);
  return out;
}

}  // namespace plimsoll::network
