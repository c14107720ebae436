// More connections are begun at one service than ever come about (ATT&CK T1499.001).
//
// Keyed by the target alone: the sources of a flood are invented. Connections that were refused count as answered: a
// crowd that comes back to a service which is just starting is no flood.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "network/detect/findings.h"
#include "network/detect/keys.h"
#include "network/detect/rows.h"
#include "network/detect/state_table.h"

namespace plimsoll::network {
namespace {

constexpr size_t kTargets = 16'384;
constexpr int64_t kSeconds = 5, kMinutes = 10;
constexpr uint32_t kSynsASecond = 400, kClearASecond = 200;
constexpr double kCompletedBelow = 0.2, kClearCompleted = 0.5, kTimesTheMean = 5;

// Distinct values, roughly (HyperLogLog with 64 registers: an error of 13 %).
class DistinctCount {
 public:
  void add(uint64_t hash) {
    uint8_t& rank = ranks_[hash & 63];
    rank = std::max(rank, static_cast<uint8_t>(std::countl_zero((hash & ~uint64_t{63}) | 32) + 1));
  }
  uint64_t estimate() const {
    double sum = 0;
    int zero = 0;
    for (const uint8_t rank : ranks_) {
      sum += std::ldexp(1.0, -rank);
      zero += rank == 0 ? 1 : 0;
    }
    constexpr double m = 64, alpha = 0.709;
    const double raw = alpha * m * m / sum;
    return static_cast<uint64_t>(raw <= 2.5 * m && zero > 0 ? m * std::log(m / zero) : raw);
  }

 private:
  std::array<uint8_t, 64> ranks_{};
};

struct Counts {
  int64_t when = -1;  // the second, or minute, that they are of
  uint32_t begun = 0, answered = 0;
};

struct TargetState {
  std::array<Counts, kSeconds + 1> seconds;  // the running one and those before it
  std::array<Counts, kMinutes + 1> minutes;
  DistinctCount sources;
  int64_t first_second = 0, last_second = 0;
  bool flooded = false;
};

template <size_t N>
Counts& at_time(std::array<Counts, N>& ring, int64_t when) {
  Counts& counts = ring[static_cast<size_t>(when) % N];
  if (counts.when != when) counts = {when, 0, 0};
  return counts;
}

int64_t second_of(Time at) {
  return std::max<int64_t>(0, std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
}

class SynFlood final : public Detector {
 public:
  void on_flow(FlowEvent event, const FlowRecord& flow, Time at, Findings& findings) override {
    if (flow.key.transport != Transport::tcp || !flow.opener_seen) return;
    const bool begun = event == FlowEvent::opened;
    if (!begun && event != FlowEvent::established && event != FlowEvent::refused) return;
    const int64_t second = second_of(at);
    TargetState* known = targets_.find(flow.key.server);
    if (known == nullptr && !begun) return;
    TargetState& state = known != nullptr ? *known : targets_.get(flow.key.server);
    if (const uint64_t evicted = targets_.take_evicted()) findings.lost(syn_flood_row.id, evicted);
    if (known == nullptr) state.first_second = second;
    state.last_second = std::max(state.last_second, second);
    for (Counts* counts : {&at_time(state.seconds, second), &at_time(state.minutes, second / 60)}) {
      ++(begun ? counts->begun : counts->answered);
    }
    if (begun) state.sources.add(hash_of(flow.key.client.address));
  }

  void on_tick(Time now, Findings& findings) override {
    const int64_t second = second_of(now);
    targets_.each([&](const Endpoint& target, TargetState& state) {
      judge(target, state, second, now, findings);
      return second - state.last_second < kMinutes * 60;
    });
  }

 private:
  // The last whole seconds.
  static Counts recent(const TargetState& state, int64_t second) {
    Counts sum;
    for (const Counts& counts : state.seconds) {
      if (counts.when < second - kSeconds || counts.when >= second) continue;
      sum.begun += counts.begun;
      sum.answered += counts.answered;
    }
    return sum;
  }

  // Connections begun a second over the last ten minutes, without the last seconds; nothing before a minute of history.
  static double mean_before(const TargetState& state, int64_t second, uint32_t recent_begun) {
    const int64_t history = std::min(second - state.first_second, kMinutes * 60) - kSeconds;
    if (history < 60) return 0;
    uint64_t begun = 0;
    for (const Counts& counts : state.minutes) {
      if (counts.when > second / 60 - kMinutes) begun += counts.begun;
    }
    return static_cast<double>(begun - std::min<uint64_t>(begun, recent_begun)) / static_cast<double>(history);
  }

  static void judge(const Endpoint& target, TargetState& state, int64_t second, Time now, Findings& findings) {
    const Counts sum = recent(state, second);
    const double rate = static_cast<double>(sum.begun) / kSeconds;
    const double completed = sum.begun == 0 ? 1 : static_cast<double>(sum.answered) / sum.begun;
    const bool calm = rate < kClearASecond || completed > kClearCompleted;
    const bool rises = rate >= kSynsASecond && completed < kCompletedBelow &&
                       rate >= kTimesTheMean * mean_before(state, second, sum.begun);
    state.flooded = state.flooded ? !calm : rises;
    if (state.flooded) tell(target, state, sum, now, findings);
  }

  static void tell(const Endpoint& target, const TargetState& state, const Counts& sum, Time now, Findings& findings) {
    Finding finding = Findings::about(syn_flood_row, {}, now, {});
    finding.source = {};  // nobody in particular
    finding.target = target;
    finding.first_seen = now - std::chrono::seconds(kSeconds);
    finding.evidence = fmt::format(
        "{} connections begun a second over {} s, {} % of them answered, by about {} sources", sum.begun / kSeconds,
        kSeconds, sum.answered * 100 / std::max(sum.begun, 1u), state.sources.estimate());
    findings.tell(std::move(finding));
  }

  StateTable<Endpoint, TargetState, KeyHash> targets_{kTargets};
};

}  // namespace

const DetectorRow syn_flood_row{"net.tcp.syn-flood", SeverityLevel::high, "T1499.001", "SYN flood", true, [] {
                                  return std::unique_ptr<Detector>(std::make_unique<SynFlood>());
                                }};

}  // namespace plimsoll::network
