// A source that tries many ports of one target (ATT&CK T1046).
//
// A port counts when it refused (RST, ICMP port unreachable) or did not answer within a second; one that answered does
// not: so health checks and exporters, which find their ports open, stay silent however many they are.
#include <fmt/format.h>

#include <algorithm>

#include "network/detect/findings.h"
#include "network/detect/keys.h"
#include "network/detect/rows.h"
#include "network/detect/state_table.h"

namespace plimsoll::network {
namespace {

constexpr size_t kPairs = 16'384;
constexpr size_t kPortsKept = 64;
constexpr size_t kQuick = 20, kSlow = 50, kProbes = 5;
constexpr auto kQuickWindow = std::chrono::seconds(60), kSlowWindow = std::chrono::seconds(3600);
constexpr auto kAnswerTime = std::chrono::seconds(1);
// traceroute sends each datagram to the next port from here on and wants no answer but the last.
constexpr uint16_t kTracerouteFirst = 33'434, kTracerouteLast = 33'534;
constexpr uint16_t kPrivileged = 1024, kEphemeral = 32'768;

struct TriedPort {
  uint16_t port = 0;
  Transport transport = Transport::tcp;
  bool closed = false;  // false: waiting for an answer
  Time at{};
};

struct PairState {
  std::vector<TriedPort> tried;
  std::vector<uint16_t> answered;
  Endpoint source, target;  // as last seen; the source's whole address is evidence
  size_t probes = 0;
  Time last{};
  bool told = false;
};

// A late answer to a question that the sensor missed looks like a datagram to a port nobody listens on.
bool is_stray_answer(const FlowKey& key) {
  return key.transport == Transport::udp &&
         ((key.client.port < kPrivileged && key.server.port >= kEphemeral) ||
          (key.server.port >= kTracerouteFirst && key.server.port <= kTracerouteLast));
}

size_t closed_since(const PairState& state, Time since) {
  return static_cast<size_t>(std::count_if(state.tried.begin(), state.tried.end(),
                                           [&](const TriedPort& p) { return p.closed && p.at >= since; }));
}

std::string port_list(std::vector<uint16_t> ports) {
  std::sort(ports.begin(), ports.end());
  ports.erase(std::unique(ports.begin(), ports.end()), ports.end());
  std::string out;
  for (const uint16_t port : ports) out += fmt::format("{}{}", out.empty() ? "" : ", ", port);
  return out;
}

class ScanPorts final : public Detector {
 public:
  void on_flow(FlowEvent event, const FlowRecord& flow, Time at, Findings& findings) override {
    if (is_stray_answer(flow.key)) return;
    const Pair pair{source_key(flow.key.client.address), flow.key.server.address};
    switch (event) {
      case FlowEvent::opened:
        if (flow.opener_seen) note(pair, flow.key, false, at, findings);
        break;
      case FlowEvent::refused:
        note(pair, flow.key, true, at, findings);
        break;
      case FlowEvent::established:
        answered(pair, flow.key);
        break;
      default:
        break;
    }
  }

  void on_probe(ProbeKind kind, const Endpoint& from, const Endpoint& to, Time at, Findings& findings) override {
    const Pair pair{source_key(from.address), to.address};
    // A bare ACK may also be the rest of a connection that began before the sensor did: only many ports tell.
    if (kind != ProbeKind::ack) state_of(pair, from, to, at, findings).probes += 1;
    note(pair, {Transport::tcp, from, to}, true, at, findings);
  }

  void on_tick(Time now, Findings& findings) override {
    pairs_.each([&](const Pair&, PairState& state) {
      bool changed = false;
      for (TriedPort& port : state.tried) {
        if (port.closed || now - port.at < kAnswerTime) continue;
        port.closed = changed = true;
      }
      if (changed) judge(state, now, findings);
      return now - state.last < kSlowWindow;
    });
  }

 private:
  PairState& state_of(const Pair& pair, const Endpoint& source, const Endpoint& target, Time at, Findings& findings) {
    PairState& state = pairs_.get(pair);
    if (const uint64_t evicted = pairs_.take_evicted()) findings.lost(scan_ports_row.id, evicted);
    state.source = {source.address, 0};
    state.target = {target.address, 0};
    state.last = at;
    return state;
  }

  void note(const Pair& pair, const FlowKey& key, bool closed, Time at, Findings& findings) {
    PairState& state = state_of(pair, key.client, key.server, at, findings);
    const auto known = std::find_if(state.tried.begin(), state.tried.end(), [&](const TriedPort& p) {
      return p.port == key.server.port && p.transport == key.transport;
    });
    if (known != state.tried.end()) {
      known->closed = known->closed || closed;
      known->at = at;
    } else {
      if (state.tried.size() >= kPortsKept) make_room(state, at);
      if (state.tried.size() < kPortsKept) state.tried.push_back({key.server.port, key.transport, closed, at});
    }
    if (closed) judge(state, at, findings);
  }

  // Ports tried too long ago to count go.
  static void make_room(PairState& state, Time at) {
    std::erase_if(state.tried, [&](const TriedPort& p) { return at - p.at > kSlowWindow; });
  }

  void answered(const Pair& pair, const FlowKey& key) {
    PairState* state = pairs_.find(pair);
    if (state == nullptr) return;
    std::erase_if(state->tried,
                  [&](const TriedPort& p) { return p.port == key.server.port && p.transport == key.transport; });
    if (state->answered.size() < kPortsKept) state->answered.push_back(key.server.port);
    // What only ever found open ports need not be remembered.
    if (state->tried.empty() && state->probes == 0 && !state->told) pairs_.erase(pair);
  }

  static void judge(PairState& state, Time at, Findings& findings) {
    const size_t quick = closed_since(state, at - kQuickWindow), slow = closed_since(state, at - kSlowWindow);
    std::string how;
    if (quick >= kQuick) {
      how = fmt::format("{} closed or unanswered ports within {} s", quick, kQuickWindow.count());
    } else if (slow >= kSlow) {
      how = fmt::format("{} closed or unanswered ports within an hour", slow);
    } else if (state.probes >= kProbes) {
      how = fmt::format("{} segments without a connection (NULL, FIN or Xmas scan)", state.probes);
    } else {
      return;
    }
    Finding finding = Findings::about(scan_ports_row, {}, at, {});
    finding.source = state.source;
    finding.target = state.target;
    if (!state.told) describe(state, how, std::max(slow, state.probes), finding);
    state.told = true;
    findings.tell(std::move(finding));
  }

  static void describe(const PairState& state, const std::string& how, size_t count, Finding& finding) {
    std::vector<uint16_t> closed;
    for (const TriedPort& port : state.tried) {
      if (port.closed) closed.push_back(port.port);
      finding.first_seen = std::min(finding.first_seen, port.at);
    }
    finding.count = count;
    finding.evidence = fmt::format("{}: {}", how, port_list(std::move(closed)));
    if (!state.answered.empty()) finding.evidence += "; answered: " + port_list(state.answered);
  }

  StateTable<Pair, PairState, KeyHash> pairs_{kPairs};
};

}  // namespace

const DetectorRow scan_ports_row{"net.scan.ports", SeverityLevel::medium, "T1046", "Port scan", true, [] {
                                   return std::unique_ptr<Detector>(std::make_unique<ScanPorts>());
                                 }};

}  // namespace plimsoll::network
