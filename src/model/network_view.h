#pragma once
#include <string>
#include <vector>

#include "base/time.h"
#include "model/flow.h"
#include "model/threat.h"

namespace plimsoll {

// One way to see connections, and whether it was in use.
struct NetworkSource {
  std::string name;  // "eBPF", "packet capture"
  bool in_use = false;
  std::string why_not;  // empty when in use
  bool operator==(const NetworkSource&) const = default;
};

enum class EventOutcome { attempt, answered, confirmed };

// What a detector saw on the wire between two ends; many sightings are one event.
struct NetworkEvent {
  std::string detector;  // "net.scan.ports"
  SeverityLevel severity = SeverityLevel::unknown;
  std::string technique;          // ATT&CK: "T1046"
  std::vector<std::string> cves;  // that the attack is about
  std::string title, evidence;    // printable
  EventOutcome outcome = EventOutcome::attempt;
  FlowEnd source, target;          // port 0: many
  bool on_source = false;          // it is told of the source, not of the target
  bool from_outside_only = false;  // a fault only when the source is outside
  uint64_t count = 0;
  Instant first_seen{}, last_seen{};
  bool operator==(const NetworkEvent&) const = default;
};

// How far an asset departs from what its group was learned to do (docs/network.md).
struct AssetBehaviour {
  AssetId asset;
  std::string group;                   // "shop/web as web"
  double learned = 0;                  // 0 to 1; below 1 nothing is called abnormal
  double weight = 0;                   // 0 to 1: how abnormal, sum of what is open
  std::vector<std::string> anomalies;  // sentences, worst first; printable
  bool operator==(const AssetBehaviour&) const = default;
};

// What watching the network for a while gave, beside the flows.
struct NetworkView {
  uint64_t observed_ms = 0;  // 0: nothing was watched; flows are those of the sockets at one moment
  std::vector<NetworkSource> sources;
  std::vector<NetworkEvent> events;
  std::vector<AssetBehaviour> behaviour;
  bool operator==(const NetworkView&) const = default;
};

}  // namespace plimsoll
