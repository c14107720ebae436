#pragma once
#include "model/report.h"
#include "model/wan.h"

namespace plimsoll::assess {

// Marks the ends of flows and events that lie in the outside, by the policy.
void mark_outside(Report& report, const WanPolicy& wan);

// What is business between one's own assets, and would be a fault only from outside.
inline bool is_everyday(const NetworkEvent& event) { return event.from_outside_only && !event.source.wan; }

// Makes threats of what was seen on the network: events of detectors, and departures from the learned behaviour. An
// event that names a flaw which the asset is known to have is critical; where that was not assessed, it is said so.
// Reads report.network and the threats found so far; call it once, after matching.
void add_network_threats(Report& report);

}  // namespace plimsoll::assess
