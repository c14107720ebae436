#include "network/flow/tcp.h"

namespace plimsoll::network {
namespace {

using F = TcpFlags;

constexpr auto long_idle = std::chrono::seconds(30);
constexpr int32_t any_window = 1 << 30;  // more than any window of TCP (RFC 7323)
constexpr uint16_t first_ephemeral = 32'768, first_unprivileged = 1024;

// What sequence numbers `segment` takes.
uint32_t length_of(const Decoded& segment) {
  return segment.payload_length + (segment.tcp.has(F::syn) ? 1 : 0) + (segment.tcp.has(F::fin) ? 1 : 0);
}

void advance(TcpSide& side, const Decoded& segment) {
  const uint32_t end = segment.tcp.seq + length_of(segment);
  if (!side.begun || static_cast<int32_t>(end - side.next) > 0) side.next = end;
  side.begun = true;
}

void on_syn(TcpSide& side, const Decoded& segment) {
  side.syn = true;
  side.first = segment.tcp.seq;
  side.begun = false;  // the last SYN counts
  advance(side, segment);
  side.stream.begin(segment.tcp.seq + 1);
  constexpr size_t most_early = 1460;  // one segment of Ethernet
  side.syn_data = {};
  if (segment.payload.size() <= most_early) side.syn_data.assign(segment.payload.begin(), segment.payload.end());
}

// Which of the client's SYNs it was is told by the number acknowledged; and whether it took their data.
bool on_syn_ack(TcpSide& server, TcpSide& client, const Decoded& segment) {
  server.first = segment.tcp.seq;
  advance(server, segment);
  server.stream.begin(segment.tcp.seq + 1);
  const uint32_t taken = segment.tcp.ack - (client.first + 1);
  if (client.syn && !client.syn_data.empty() && taken == client.syn_data.size()) return true;
  client.syn_data.clear();
  if (!client.syn || taken != 0) client.next = segment.tcp.ack;
  client.begun = true;
  client.stream.begin(segment.tcp.ack);
  return false;
}

bool is_over(const Flow& flow) {
  const FlowState state = flow.record.state;
  return state == FlowState::closed || state == FlowState::reset || state == FlowState::refused;
}

TcpStep on_reset(Flow& flow, bool from_client, const Decoded& segment) {
  TcpSide& from = from_client ? flow.client : flow.server;
  FlowRecord& record = flow.record;
  if (is_over(flow)) return {};
  if (record.state == FlowState::opening) {
    const bool answers =
        segment.tcp.has(F::ack) && segment.tcp.ack - flow.client.first <= flow.client.syn_data.size() + 1;
    if (!from_client && !flow.handshake_answered) {
      if (!answers && flow.client.syn) return {};
      record.state = FlowState::refused;
      return {.event = FlowEvent::refused};
    }
    record.state = FlowState::reset;
    return {.event = FlowEvent::reset};
  }
  const uint32_t seq = segment.tcp.seq;
  if (from.begun && seq != from.next && seq != from.acknowledged) {
    flow.reset_doubted = true;  // the receiver asks back (RFC 5961); it holds if nothing more comes
    return {};
  }
  record.state = FlowState::reset;
  return {.event = FlowEvent::reset};
}

}  // namespace

TcpStep before_data(Flow& flow, bool from_client, const Decoded& segment, Time at) {
  TcpSide& from = from_client ? flow.client : flow.server;
  TcpSide& to = from_client ? flow.server : flow.client;
  FlowRecord& record = flow.record;
  const TcpHeader& tcp = segment.tcp;
  if (tcp.has(F::rst)) return {};
  flow.reset_doubted = false;
  if (tcp.has(F::syn) && !tcp.has(F::ack)) {
    const bool again = from.syn && tcp.seq == from.first;
    if (is_over(flow) || (record.state == FlowState::established && !again && at - record.last_seen > long_idle))
      return {.begins_anew = true};
    if (record.state != FlowState::opening || again || (from_client && flow.handshake_answered))
      return {.ignored = true};
    on_syn(from, segment);
    return {.ignored = true};  // its data waits for the answer
  }
  if (tcp.has(F::syn)) {
    if (record.state != FlowState::opening || from_client) return {.ignored = true};
    flow.handshake_answered = true;
    return {.takes_syn_data = on_syn_ack(from, to, segment)};
  }
  if (from.begun) {
    const auto distance = static_cast<int32_t>(tcp.seq - from.next);
    if (distance > any_window || distance < -any_window) return {.ignored = true};
  }
  advance(from, segment);
  if (!tcp.has(F::ack)) return {};
  to.acknowledged = tcp.ack;
  // A bare ACK of a server that did not answer the SYN tells nothing.
  if (record.state != FlowState::opening || (!from_client && !flow.handshake_answered && segment.payload_length == 0))
    return {};
  record.state = FlowState::established;
  return {.event = FlowEvent::established};
}

TcpStep after_data(Flow& flow, bool from_client, const Decoded& segment) {
  if (segment.tcp.has(F::rst)) return on_reset(flow, from_client, segment);
  if (!segment.tcp.has(F::fin) || is_over(flow)) return {};
  (from_client ? flow.client : flow.server).fin = true;
  if (!flow.client.fin || !flow.server.fin) return {};
  flow.record.state = FlowState::closed;
  return {.event = FlowEvent::closed};
}

std::optional<Opening> opening_of(const Decoded& segment) {
  const TcpHeader& tcp = segment.tcp;
  const FlowKey forward{Transport::tcp, segment.source, segment.destination};
  const FlowKey back{Transport::tcp, segment.destination, segment.source};
  if (tcp.has(F::rst)) return std::nullopt;
  if (tcp.has(F::syn)) {
    if (tcp.has(F::fin)) return std::nullopt;
    return tcp.has(F::ack) ? Opening{back, true} : Opening{forward, true};
  }
  if (!tcp.has(F::ack) || segment.payload_length == 0) return std::nullopt;
  // From its middle on: the lower port is the server's, as long as it is none that the kernel gives to clients.
  const uint16_t from = segment.source.port, to = segment.destination.port;
  return Opening{from < to && from < first_ephemeral ? back : forward, false};
}

std::optional<ProbeKind> probe_of(const Decoded& segment) {
  const uint8_t flags = segment.tcp.flags & (F::fin | F::syn | F::rst | F::psh | F::ack | F::urg);
  if (segment.payload_length != 0) return std::nullopt;
  switch (flags) {
    case 0:
      return ProbeKind::null;
    case F::fin:
      return ProbeKind::fin;
    case F::fin | F::psh | F::urg:
      return ProbeKind::xmas;
    case F::ack:
      return ProbeKind::ack;
    default:
      return std::nullopt;
  }
}

Opening opening_of_datagram(const Decoded& datagram) {
  const uint16_t from = datagram.source.port, to = datagram.destination.port;
  // From a service to none: an answer whose question came before the capture.
  if (from < first_unprivileged && to >= first_unprivileged)
    return {{Transport::udp, datagram.destination, datagram.source}, false};
  return {{Transport::udp, datagram.source, datagram.destination}, true};
}

void settle_state(Flow& flow) {
  FlowRecord& record = flow.record;
  if (flow.reset_doubted && record.state == FlowState::established) record.state = FlowState::reset;
  if (record.state == FlowState::opening && !flow.handshake_answered) record.state = FlowState::unanswered;
}

}  // namespace plimsoll::network
