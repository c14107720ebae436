#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "model/threat.h"
#include "model/wan.h"
#include "network/flow_record.h"

namespace plimsoll::network {

// What a detector saw, folded: one for each (detector, source, target), with a count.
struct Finding {
  enum class Outcome { attempt, answered, confirmed };
  std::string detector;  // "net.scan.ports"
  SeverityLevel severity = SeverityLevel::unknown;
  std::string technique;          // ATT&CK: "T1046"
  std::vector<std::string> cves;  // that the attack is about
  std::string title, evidence;    // sentences of ours; foreign bytes in them are printable
  Outcome outcome = Outcome::attempt;
  Endpoint source, target;  // port 0: many
  bool on_source = false;   // the asset it is told of is the source, not the target
  // What it tells of is everyday business between one's own assets: a fault only when the source is outside. Detectors
  // do not know what is outside; who judges does (is_fault).
  bool from_outside_only = false;
  uint64_t count = 0;
  Time first_seen{}, last_seen{};
  bool operator==(const Finding&) const = default;
};

// Whether it is one where `wan` says what is outside.
inline bool is_fault(const Finding& finding, const WanPolicy& wan) {
  return !finding.from_outside_only || wan.is_outside(finding.source.address);
}

}  // namespace plimsoll::network
