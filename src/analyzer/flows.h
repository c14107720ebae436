#pragma once
#include <optional>
#include <vector>

#include "model/report.h"
#include "model/wan.h"
#include "probe/container/container_probe.h"
#include "probe/network/observation.h"

namespace plimsoll::analyzer {

// Joins what was watched on the network and the connections of all namespaces into flows between assets, and adds those
// that are only permitted: shared networks with a listening port, published ports, and the host's own outside
// listeners. Where both tell of a flow, what was watched stands. Reads the facts of `report.assets`, writes
// `report.flows` and `report.network` (and `report.incomplete` where a bound was met or something was not seen).
void add_flows(Report& report, const std::vector<probe::Connection>& connections,
               const std::optional<probe::Observation>& watched, const WanPolicy& wan, Instant now);

}  // namespace plimsoll::analyzer
