#pragma once
#include <vector>

#include "model/report.h"
#include "probe/container/container_probe.h"

namespace plimsoll::analyzer {

// Joins the connections of all namespaces into flows between assets (connections seen), and adds those that are only
// permitted: shared networks with a listening port, published ports, and the host's own outside listeners.
// Reads the facts of `report.assets`, writes `report.flows` (and `report.incomplete` where a bound was met).
void add_flows(Report& report, const std::vector<probe::Connection>& connections, Instant now);

// The application protocol that usually speaks on a port ("HTTP", "Redis"); empty when none is usual. A guess.
std::string usual_application(Transport transport, uint16_t port);

}  // namespace plimsoll::analyzer
