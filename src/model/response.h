#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/assessment.h"
#include "model/asset.h"
#include "model/flow.h"
#include "model/ids.h"
#include "model/ip_address.h"
#include "model/route.h"
#include "model/threat.h"

// Automated response [142]: what a policy lets be done, and what was done. docs/respond.md is the user's side.
namespace plimsoll {

enum class ResponseMode { observe, ask, enforce };
// What becomes of what is in force when Plimsoll is told to end. A crash is no such thing: what was in force is found
// again.
enum class OnStop { keep, release };

enum class ActionKind {
  alert,       // tell receivers
  mark,        // a mark on the asset, as long as the response is in force
  scan,        // read everything again
  capture,     // its packets into a pcapng file
  snapshot,    // facts, processes, open files, connections, changed files into a directory
  wan_cut,     // no traffic with the outside
  quarantine,  // no traffic but with those allowed
  block,       // no traffic with one peer, or by one port
  pause,
  stop,
  kill,
  restart,
  disconnect,  // from one of its networks, or from all
};

struct ResponseAction {
  ActionKind kind = ActionKind::alert;
  std::vector<IpNetwork> allow;              // quarantine: peers whose traffic goes on
  std::optional<IpNetwork> peer;             // block
  std::optional<uint16_t> port;              // block, at either end
  std::optional<Transport> transport;        // block: of the port; neither: both
  std::string network;                       // disconnect: its name; empty: all
  std::vector<std::string> receivers;        // alert: their names; empty: all
  std::chrono::seconds lasts{30};            // capture
  uint64_t most_bytes = uint64_t{16} << 20;  // capture: of the file; the oldest packets leave first
  bool operator==(const ResponseAction&) const = default;
};

// Which assets; every list that is given must hold one that fits (`*` stands for any text).
struct AssetSelection {
  std::vector<AssetKind> kinds;
  std::vector<std::string> labels;  // "key", "key=value"; one of them
  std::vector<std::string> images, names, nodes, namespaces;
  bool operator==(const AssetSelection&) const = default;
};

struct TimeWindow {
  int from_minute = 0, to_minute = 24 * 60;  // of the day, UTC; from > to: over midnight
  std::vector<int> days;                     // 0 Sunday ... 6; of the window's beginning; empty: all
  bool operator==(const TimeWindow&) const = default;
};

struct ThreatPattern {
  std::vector<ThreatKind> kinds;
  std::vector<std::string> ids;           // with `*`; aliases count
  std::optional<SeverityLevel> severity;  // at least
  std::optional<bool> fixable, known_exploited;
  bool operator==(const ThreatPattern&) const = default;
};

struct ScoreRise {
  int by = 0;
  std::chrono::seconds within{0};
  bool operator==(const ScoreRise&) const = default;
};

// All that is given must hold.
struct ResponseCondition {
  AssetSelection on;
  std::optional<int> score;  // at least
  std::optional<ScoreRise> rises;
  std::vector<ThreatLevel> levels;
  std::optional<ThreatPattern> threat;    // one threat of the asset fits
  std::vector<std::string> checks;        // one of them fails; with `*`
  std::vector<std::string> detections;    // network or behaviour threats, with `*`
  std::optional<Certainty> escape;        // a route to the host is open, at least so sure
  std::optional<bool> wan;                // takes connections from the WAN, or can
  std::optional<bool> abnormal;           // behaves otherwise than it was learned to (drift of its network)
  std::optional<bool> attacked_weakness;  // an attack was seen on a weakness it is known to have
  std::optional<TimeWindow> between;
  bool operator==(const ResponseCondition&) const = default;
  bool empty() const { return *this == ResponseCondition(); }
};

struct ResponseLimit {
  int most = 3;  // assets
  std::chrono::seconds within{3600};
  bool operator==(const ResponseLimit&) const = default;
};

struct ResponseRule {
  std::string id, title;
  ResponseCondition when, unless;
  std::chrono::seconds held_for{0};  // how long `when` must have held
  std::vector<ResponseAction> actions;
  ResponseMode mode = ResponseMode::observe;
  std::chrono::seconds expires{3600};   // 0: never, until it is released
  std::chrono::seconds cooldown{3600};  // for one asset
  std::chrono::seconds ask_timeout{3600};
  ResponseLimit limit;
  OnStop on_stop = OnStop::keep;
  bool spare_last_replica = false;
  bool operator==(const ResponseRule&) const = default;
};

struct ResponsePolicy {
  std::vector<std::string> protected_labels = {"plimsoll.protect", "plimsoll.protect=true"};  // "key" or "key=value"
  std::vector<ResponseRule> rules;  // in the order of the files
  bool operator==(const ResponsePolicy&) const = default;
  const ResponseRule* find(std::string_view id) const {
    for (const ResponseRule& rule : rules) {
      if (rule.id == id) return &rule;
    }
    return nullptr;
  }
};

// ---- what was done -----------------------------------------------------------------------------------------------

enum class ResponsePhase {
  asked,     // waits for a person
  refused,   // by a person, by the time-out, or by what protects the asset
  planned,   // written down, nothing done yet
  applied,   // done, not verified
  verified,  // in force
  failed,    // could not be done, or had no effect; what was done is undone
  undoing,
  done,  // over: undone, or there was nothing to undo
};
// Whether it (still) changes or may change the machine.
inline bool is_open(ResponsePhase phase) {
  return phase != ResponsePhase::refused && phase != ResponsePhase::failed && phase != ResponsePhase::done;
}

enum class StepState { waiting, applied, verified, failed, undone, kept };
struct ResponseStep {
  ResponseAction action;
  std::string what, undo;  // for a person; `undo` empty: cannot be undone
  StepState state = StepState::waiting;
  std::string note;    // why it failed; what the verification saw; where the evidence is
  std::string before;  // what undoing needs (JSON of the action's own)
  bool operator==(const ResponseStep&) const = default;
};

struct ResponseChange {
  ResponsePhase phase = ResponsePhase::planned;
  Instant at{};
  std::string actor, note;
  bool operator==(const ResponseChange&) const = default;
};

struct ResponseRecord {
  std::string id;
  std::string rule;  // empty: a person's own
  AssetId asset;
  std::string asset_name, why;
  ResponsePhase phase = ResponsePhase::planned;
  OnStop on_stop = OnStop::keep;
  Instant until{};                  // the epoch: until it is released
  std::chrono::seconds expires{0};  // from when it is applied
  Instant ask_until{};
  std::vector<ResponseStep> steps;
  std::vector<ResponseChange> changes;  // oldest first, never changed; the last one's phase is `phase`
  bool operator==(const ResponseRecord&) const = default;
};

// The one spelling of each.
std::string_view name_of(ResponseMode v);
std::string_view name_of(OnStop v);
std::string_view name_of(ActionKind v);
std::string_view name_of(ResponsePhase v);
std::string_view name_of(StepState v);
std::optional<ResponseMode> parse_response_mode(std::string_view text);
std::optional<OnStop> parse_on_stop(std::string_view text);
std::optional<ActionKind> parse_action_kind(std::string_view text);
std::optional<ResponsePhase> parse_response_phase(std::string_view text);
std::optional<StepState> parse_step_state(std::string_view text);

// Whether `text` is what `pattern` says, where `*` stands for any text. Linear in both but for a factor of the stars.
bool fits_pattern(std::string_view pattern, std::string_view text);
// Whether one of `wanted` ("key" or "key=value") is among the labels.
bool has_label(const std::vector<std::string>& wanted, const std::map<std::string, std::string>& labels);
bool is_selected(const AssetSelection& selection, const Asset& asset);

}  // namespace plimsoll
