#pragma once
#include <vector>

#include "model/report.h"
#include "model/route_rule.h"
#include "model/scoring.h"

namespace plimsoll::assess {

// The named conditions of one container on its host, for the routes: every one that docs/routes.md lists, each yes, no
// or unknown with evidence. Pure.
std::vector<Condition> conditions_of(const ContainerFacts& container, const HostFacts& host);

// Open (and possibly open) routes of one container. Kernel and runtime CVEs: confirmed by the distribution's advisory
// when `host_threats` holds them (then "likely"), else by the upstream range of the running version ("maybe").
std::vector<RouteFinding> find_routes(const ContainerFacts& container, const HostFacts& host,
                                      const std::vector<Threat>& host_threats, const std::vector<RouteRule>& routes,
                                      const std::vector<CveRule>& cves);

struct Rules {
  ScoringPolicy scoring;
  std::vector<RouteRule> routes;
  std::vector<CveRule> cves;
};

// Fills routes, assessment of every asset, order of assets, and fixes. Reads assets (facts, packages, threats,
// assessment.not_assessed as gathered so far) and flows (seen and permitted). Deterministic, pure.
void assess(Report& report, const Rules& rules);

}  // namespace plimsoll::assess
