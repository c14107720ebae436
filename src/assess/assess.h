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

class SharedThreats;

struct Rules {
  ScoringPolicy scoring;
  std::vector<RouteRule> routes;
  std::vector<CveRule> cves;
  OwnScoring own = {};  // of assets whose constants are not `scoring`

  // The constants of an asset. Steps from one to the next and what is inherited go by `scoring`.
  const ScoringPolicy& scoring_of(const AssetId& asset) const {
    if (own.empty()) return scoring;
    const auto found = own.find(asset);
    return found == own.end() ? scoring : *found->second;
  }
};

// Fills routes, assessment of every asset, order of assets, and fixes. Reads assets (facts, packages, threats,
// assessment.not_assessed as gathered so far) and flows (seen and permitted). Deterministic, pure.
// `shared`: the threats of those assets that it knows, instead of the report's.
void assess(Report& report, const Rules& rules, const SharedThreats* shared = nullptr);

// Levels and order by `rules` of a report that was assessed before and holds no facts any more (a JSON report): how its
// assets lie, and their routes, are as their assessments tell. No fixes are worked out.
void assess_told(Report& report, const Rules& rules);

}  // namespace plimsoll::assess
