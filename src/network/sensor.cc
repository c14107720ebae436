#include "network/sensor.h"

#include <algorithm>
#include <utility>

#include "network/detect/findings.h"
#include "network/flow/table.h"
#include "network/flow/tcp.h"
#include "network/packet/decode.h"
#include "network/packet/defragment.h"
#include "network/protocol/looked_up.h"
#include "network/protocol/ndpi.h"

namespace plimsoll::network {
namespace {

constexpr auto tick = std::chrono::seconds(1);
constexpr auto twin_time = std::chrono::milliseconds(2);

std::string_view text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// What two copies of one packet have in common, and two packets of one flow hardly.
uint64_t print_of(const Decoded& packet) {
  const bool v4 = packet.ip.size() >= 20 && packet.ip[0] >> 4 == 4;
  uint64_t out = v4 ? uint64_t{packet.ip[4]} << 8 | packet.ip[5] : 0x10000;
  const auto mix = [&out](uint64_t value) { out = (out ^ value) * 0x9e3779b97f4a7c15; };
  mix(uint64_t{packet.tcp.seq} << 32 | packet.tcp.ack);
  mix(uint64_t{packet.tcp.flags} << 48 | uint64_t{packet.source.port} << 32 | packet.payload_length);
  for (size_t i = 0; i < std::min<size_t>(packet.payload.size(), 16); ++i) mix(packet.payload[i]);
  return out;
}

}  // namespace

struct Sensor::State {
  State(SensorLimits given, const std::vector<const DetectorRow*>& rows, Leaves told, std::shared_ptr<Ndpi> shared)
      : limits(given),
        leaves(std::move(told)),
        table(given, [this](Flow& flow) { on_leaving(flow); }),
        ndpi(shared ? std::move(shared) : std::make_shared<Ndpi>()) {
    budget.limit = limits.reassembly_bytes;
    for (const DetectorRow* row : rows) detectors.push_back(row->make());
  }

  void take(const Decoded& packet, bool may_be_twin);
  void take_tcp(const Decoded& segment, bool may_be_twin);
  void take_udp(const Decoded& datagram, bool may_be_twin);
  void take_icmp(const Decoded& message);
  bool is_twin(Flow& flow, const Decoded& packet);
  void count(Flow& flow, bool from_client, const Decoded& packet);
  Flow& open(const Opening& opening);
  void tell(FlowEvent event, Flow& flow);
  void data(Flow& flow, bool from_client, std::string_view bytes);
  void into_stream(Flow& flow, bool from_client, uint32_t sequence, std::string_view bytes, uint32_t whole);
  void begin_inquiry(Flow& flow);
  void identify(Flow& flow, bool last);
  void learn_names(const Flow& flow, std::string_view message);
  void on_leaving(Flow& flow);
  void advance_clock(Time to);

  SensorLimits limits;
  Leaves leaves;
  FlowTable table;
  Defragmenter defragmenter;
  StreamBudget budget;
  std::shared_ptr<Ndpi> ndpi;  // with other sensors
  LookedUp looked_up;
  std::vector<std::unique_ptr<Detector>> detectors;
  Findings findings;
  mutable SensorCounts counts;
  Time now{}, last_tick{};
};

void Sensor::State::tell(FlowEvent event, Flow& flow) {
  for (const auto& detector : detectors) detector->on_flow(event, flow.record, now, findings);
}

Flow& Sensor::State::open(const Opening& opening) {
  Flow& flow = table.open(opening.key, now);
  ++counts.flows_opened;
  flow.record.opener_seen = opening.seen;
  flow.record.looked_up_as = looked_up.name_of(opening.key.client.address, opening.key.server.address, now);
  return flow;
}

void Sensor::State::count(Flow& flow, bool from_client, const Decoded& packet) {
  FlowRecord& record = flow.record;
  (from_client ? record.bytes_to_server : record.bytes_to_client) += packet.payload_length;
  (from_client ? record.packets_to_server : record.packets_to_client) += 1;
}

bool Sensor::State::is_twin(Flow& flow, const Decoded& packet) {
  const uint64_t print = print_of(packet);
  const bool twin = print == flow.last_print && now - flow.last_print_at < twin_time;
  if (twin) ++counts.doubled;
  flow.last_print = print;
  flow.last_print_at = now;
  return twin;
}

// A flow that never speaks needs no memory for what it says.
void Sensor::State::begin_inquiry(Flow& flow) {
  if (flow.spoke) return;
  flow.spoke = true;
  flow.inquiry = std::make_unique<Inquiry>(flow.record.key.transport);
}

// What the flow speaks may follow from what came.
void Sensor::State::identify(Flow& flow, bool last) {
  if (!flow.inquiry) return;
  const bool found = last ? flow.inquiry->conclude_last(flow.record) : flow.inquiry->conclude(flow.record);
  if (found) tell(FlowEvent::identified, flow);
  if (!last && !flow.inquiry->done()) return;
  flow.inquiry->close(budget);
  flow.inquiry.reset();
}

void Sensor::State::learn_names(const Flow& flow, std::string_view message) {
  if (flow.record.key.transport == Transport::tcp) message = message.substr(std::min<size_t>(message.size(), 2));
  if (const auto answer = parse_dns(message)) looked_up.learn(flow.record.key.client.address, *answer, now);
}

// Bytes of one direction, in order; of UDP a datagram.
void Sensor::State::data(Flow& flow, bool from_client, std::string_view bytes) {
  for (const auto& detector : detectors) detector->on_data(flow.record, from_client, bytes, now, findings);
  if (flow.inquiry) flow.inquiry->hear(from_client, bytes, budget);
  identify(flow, false);
  if (!from_client && flow.record.application == "DNS") learn_names(flow, bytes);
}

void Sensor::State::into_stream(Flow& flow, bool from_client, uint32_t sequence, std::string_view bytes,
                                uint32_t whole) {
  Stream& stream = (from_client ? flow.client : flow.server).stream;
  if (!stream.open()) return;
  if (detectors.empty() && !flow.inquiry) return stream.close(budget);  // nobody listens
  stream.add(sequence, bytes, whole, limits.head_bytes, budget,
             [&](std::string_view piece) { data(flow, from_client, piece); });
}

void Sensor::State::take_tcp(const Decoded& segment, bool may_be_twin) {
  Flow* flow = table.find(Transport::tcp, segment.source, segment.destination);
  bool from_client = flow != nullptr && flow->record.key.client == segment.source;
  TcpStep step;
  if (flow != nullptr) {
    if (may_be_twin && is_twin(*flow, segment)) return;
    step = before_data(*flow, from_client, segment, now);
    if (step.begins_anew) {
      table.remove(*flow);
      flow = nullptr;
    }
  }
  if (flow == nullptr) {
    const auto opening = opening_of(segment);
    if (!opening) {
      if (const auto probe = probe_of(segment)) {
        for (const auto& detector : detectors)
          detector->on_probe(*probe, segment.source, segment.destination, now, findings);
      }
      return;
    }
    flow = &open(*opening);
    from_client = flow->record.key.client == segment.source;
    if (may_be_twin) (void)is_twin(*flow, segment);
    step = before_data(*flow, from_client, segment, now);
    tell(FlowEvent::opened, *flow);
  }
  count(*flow, from_client, segment);
  if (step.event) tell(*step.event, *flow);
  if (step.takes_syn_data) {
    begin_inquiry(*flow);
    const std::string early = std::exchange(flow->client.syn_data, {});
    into_stream(*flow, true, flow->client.first + 1, early, static_cast<uint32_t>(early.size()));
  }
  if (segment.payload_length > 0 && !step.ignored && !segment.tcp.has(TcpFlags::rst)) {
    begin_inquiry(*flow);
    const uint32_t first = segment.tcp.seq + (segment.tcp.has(TcpFlags::syn) ? 1 : 0);
    into_stream(*flow, from_client, first, text_of(segment.payload), segment.payload_length);
    if (flow->inquiry) {
      flow->inquiry->see(*ndpi, segment.ip, now);
      identify(*flow, false);
    }
  }
  if (segment.tcp.has(TcpFlags::ack))
    (from_client ? flow->server : flow->client).stream.acknowledged(segment.tcp.ack, now, budget);
  step = after_data(*flow, from_client, segment);
  if (step.event) {
    identify(*flow, true);
    tell(*step.event, *flow);
  }
  const FlowState state = flow->record.state;
  const Ageing ageing = state == FlowState::opening       ? Ageing::opening
                        : state == FlowState::established ? Ageing::tcp
                                                          : Ageing::closed;
  table.touch(*flow, ageing, now);
}

void Sensor::State::take_udp(const Decoded& datagram, bool may_be_twin) {
  Flow* flow = table.find(Transport::udp, datagram.source, datagram.destination);
  const bool is_new = flow == nullptr;
  if (is_new) {
    flow = &open(opening_of_datagram(datagram));
    tell(FlowEvent::opened, *flow);
  }
  if (may_be_twin && is_twin(*flow, datagram)) return;
  const bool from_client = flow->record.key.client == datagram.source;
  count(*flow, from_client, datagram);
  if (!from_client && flow->record.state == FlowState::opening) {
    flow->record.state = FlowState::established;
    tell(FlowEvent::established, *flow);
  }
  if (!datagram.payload.empty()) {
    begin_inquiry(*flow);
    data(*flow, from_client, text_of(datagram.payload));
    if (flow->inquiry) {
      flow->inquiry->see(*ndpi, datagram.ip, now);
      identify(*flow, false);
    }
  }
  table.touch(*flow, flow->record.state == FlowState::established ? Ageing::udp : Ageing::opening, now);
}

// A datagram that nobody took.
void Sensor::State::take_icmp(const Decoded& message) {
  Decoded quoted;
  if (!says_unreachable(message) || !quoted_by_icmp(message, quoted)) return;
  const Transport transport = quoted.kind == PacketKind::tcp ? Transport::tcp : Transport::udp;
  Flow* flow = table.find(transport, quoted.source, quoted.destination);
  if (flow == nullptr || flow->record.state != FlowState::opening) return;
  if (flow->record.key.client != quoted.source || message.destination.address != quoted.source.address) return;
  identify(*flow, true);
  flow->record.state = FlowState::refused;
  tell(FlowEvent::refused, *flow);
  table.touch(*flow, Ageing::closed, now);
}

void Sensor::State::take(const Decoded& packet, bool may_be_twin) {
  switch (packet.kind) {
    case PacketKind::not_ip:
      ++counts.not_ip;
      return;
    case PacketKind::malformed:
      ++counts.malformed;
      return;
    case PacketKind::fragment:
      if (const auto whole = defragmenter.add(packet, now)) take(*whole, may_be_twin);
      return;
    case PacketKind::tcp:
      return take_tcp(packet, may_be_twin);
    case PacketKind::udp:
      return take_udp(packet, may_be_twin);
    case PacketKind::icmp:
      return take_icmp(packet);
    case PacketKind::other_ip:
      return;
  }
}

void Sensor::State::on_leaving(Flow& flow) {
  identify(flow, true);
  flow.client.stream.close(budget);
  flow.server.stream.close(budget);
  settle_state(flow);
  for (const auto& detector : detectors) detector->on_leave(flow.record, now, findings);
  if (leaves) leaves(flow.record);
}

void Sensor::State::advance_clock(Time to) {
  now = std::max(now, to);
  if (last_tick == Time{}) last_tick = now;
  if (now - last_tick < tick) return;
  last_tick = now;
  table.expire(now);
  for (const auto& detector : detectors) detector->on_tick(now, findings);
}

Sensor::Sensor(SensorLimits limits, std::vector<const DetectorRow*> detectors, Leaves leaves,
               std::shared_ptr<Ndpi> ndpi)
    : state_(std::make_unique<State>(limits, detectors, std::move(leaves), std::move(ndpi))) {}

Sensor::~Sensor() = default;

void Sensor::packet(const Packet& packet) {
  State& state = *state_;
  const auto wire = std::max<uint64_t>(packet.original_length, packet.bytes.size());
  ++state.counts.packets;
  state.counts.bytes += wire;
  if (wire > packet.bytes.size()) ++state.counts.cut;
  state.advance_clock(packet.at);
  state.take(decode(packet), packet.link == LinkType::linux_sll || packet.link == LinkType::linux_sll2);
}

void Sensor::expire(Time now) { state_->advance_clock(now); }

void Sensor::flush() {
  state_->table.clear();
  for (const auto& detector : state_->detectors) detector->on_tick(state_->now, state_->findings);
}

std::vector<FlowRecord> Sensor::flows() const {
  std::vector<FlowRecord> out;
  out.reserve(state_->table.size());
  state_->table.each([&out](const Flow& flow) { out.push_back(flow.record); });
  return out;
}

std::vector<Finding> Sensor::findings() const { return state_->findings.all(); }

IncompleteList Sensor::losses() const { return state_->findings.losses(); }

const SensorCounts& Sensor::counts() const {
  state_->counts.flows_evicted = state_->table.evicted();
  state_->counts.reassembly_lost = state_->budget.lost + state_->defragmenter.lost();
  return state_->counts;
}

}  // namespace plimsoll::network
