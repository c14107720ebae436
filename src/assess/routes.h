#pragma once
#include <vector>

#include "assess/components.h"
#include "assess/needs.h"
#include "model/facts.h"
#include "model/route_rule.h"

namespace plimsoll::assess {

// Routes of one container whose conditions are already judged. Open ones first, by certainty, then id and CVE.
std::vector<RouteFinding> open_routes(const ConditionSet& conditions, const std::string& runtime, const HostFacts& host,
                                      const PlatformAdvisories& advisories, const std::vector<RouteRule>& routes,
                                      const std::vector<CveRule>& cves);

}  // namespace plimsoll::assess
