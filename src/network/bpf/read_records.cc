#include "network/bpf/read_records.h"

#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace plimsoll::network::bpf {
namespace {

using std::chrono::nanoseconds;

nanoseconds clock_reading(clockid_t which) {
  timespec at{};
  ::clock_gettime(which, &at);
  return std::chrono::seconds(at.tv_sec) + nanoseconds(at.tv_nsec);
}

std::string name_in(const char (&raw)[16]) { return std::string(raw, ::strnlen(raw, sizeof raw - 1)); }

constexpr uint8_t established_state = 1;  // include/net/tcp_states.h

FlowState closed_state(const plimsoll_tcp_record& record) {
  const bool opening = (record.flags & plimsoll_was_established) == 0;
  if (opening && record.error == ECONNREFUSED) return FlowState::refused;
  if (opening) return record.error == ECONNRESET ? FlowState::refused : FlowState::unanswered;
  // A socket that goes from established to closed at once sent or took a reset.
  const bool cut = record.error == ECONNRESET || record.error == EPIPE || record.old_state == established_state;
  return cut ? FlowState::reset : FlowState::closed;
}

// tcp_info counts the SYN of the one who opened and the FIN of either as a byte each.
uint64_t less(uint64_t bytes, bool one, bool two) {
  const uint64_t surplus = uint64_t{one} + uint64_t{two};
  return bytes > surplus ? bytes - surplus : 0;
}

void set_amounts(FlowRecord& flow, bool client, uint64_t sent, uint64_t received, uint64_t packets_out,
                 uint64_t packets_in) {
  (client ? flow.bytes_to_server : flow.bytes_to_client) = sent;
  (client ? flow.bytes_to_client : flow.bytes_to_server) = received;
  (client ? flow.packets_to_server : flow.packets_to_client) = packets_out;
  (client ? flow.packets_to_client : flow.packets_to_server) = packets_in;
}

Owner owner_of(const plimsoll_tcp_record& record) {
  return {record.network_namespace, record.cgroup, std::max(record.pid, 0), name_in(record.process)};
}

Sighting sighting_of(const plimsoll_tcp_record& record, const KernelClock& clock) {
  Sighting out;
  const bool client = (record.flags & plimsoll_is_client) != 0;
  const bool closed = record.kind == plimsoll_tcp_closed;
  FlowRecord& flow = out.flow;
  const Endpoint local{address_of_v6(record.local), record.local_port};
  const Endpoint remote{address_of_v6(record.remote), record.remote_port};
  flow.key = {Transport::tcp, client ? local : remote, client ? remote : local};
  flow.opener_seen = (record.flags & plimsoll_role_known) != 0;
  flow.state = closed ? closed_state(record) : FlowState::established;
  flow.last_seen = clock.time(record.at);
  flow.first_seen = record.opened_at == 0 ? flow.last_seen : clock.time(record.opened_at);
  (client ? flow.client_owner : flow.server_owner) = owner_of(record);
  const bool fin_in = (record.flags & plimsoll_fin_received) != 0, fin_out = (record.flags & plimsoll_fin_acked) != 0;
  set_amounts(flow, client, less(record.bytes_acked, client, fin_out), less(record.bytes_received, fin_in, false),
              record.data_segments_out, record.data_segments_in);
  out.side = client ? Side::client : Side::server;
  out.side_known = flow.opener_seen;
  out.socket = record.socket;
  out.name_space = record.network_namespace;
  return out;
}

}  // namespace

KernelClock KernelClock::now() { return {clock_reading(CLOCK_REALTIME) - clock_reading(CLOCK_MONOTONIC)}; }

Time KernelClock::time(uint64_t nanosecond) const {
  const nanoseconds since(static_cast<int64_t>(std::min<uint64_t>(nanosecond, INT64_MAX / 2)));
  return Time(std::chrono::duration_cast<std::chrono::microseconds>(since + utc_minus_monotonic));
}

TcpNews read_tcp_record(std::string_view raw, const KernelClock& clock) {
  plimsoll_tcp_record record;
  if (raw.size() != sizeof record) return {};
  std::memcpy(&record, raw.data(), sizeof record);
  TcpNews out;
  switch (record.kind) {
    case plimsoll_tcp_listens:
      out.listener = ListenerSeen{
          Transport::tcp, {address_of_v6(record.local), record.local_port}, record.network_namespace, owner_of(record)};
      break;
    case plimsoll_tcp_established:
    case plimsoll_tcp_closed:
      // A connect(2) that failed before it sent anything has no port, or no peer.
      if (record.local_port != 0 && record.remote_port != 0) out.sighting = sighting_of(record, clock);
      break;
    default:
      break;
  }
  return out;
}

Sighting read_udp_conversation(const plimsoll_udp_key& key, const plimsoll_udp_value& value,
                               const plimsoll_maker* maker, const KernelClock& clock) {
  Sighting out;
  FlowRecord& flow = out.flow;
  const bool client = value.began_in == 0;
  const Endpoint local{address_of_v6(key.local), key.local_port}, remote{address_of_v6(key.remote), key.remote_port};
  flow.key = {Transport::udp, client ? local : remote, client ? remote : local};
  flow.opener_seen = true;
  flow.state = value.packets_in > 0 && value.packets_out > 0 ? FlowState::established : FlowState::opening;
  flow.first_seen = clock.time(value.first_at);
  flow.last_seen = clock.time(value.last_at);
  Owner& owner = client ? flow.client_owner : flow.server_owner;
  owner.cgroup = value.cgroup;
  if (maker != nullptr) {
    owner.pid = std::max(maker->pid, 0);
    owner.process = name_in(maker->process);
    out.namespace_cookie = maker->namespace_cookie;
  }
  set_amounts(flow, client, value.bytes_out, value.bytes_in, value.packets_out, value.packets_in);
  out.side = client ? Side::client : Side::server;
  out.socket = key.socket;
  out.amounts_are_new = true;
  return out;
}

}  // namespace plimsoll::network::bpf
