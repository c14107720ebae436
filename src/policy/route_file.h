#pragma once
#include <vector>

#include "model/route_rule.h"
#include "policy/faults.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::policy {

// Readers of data/routes/*.yaml (docs/routes.md gives the schemas). Every fault is told; a rule with one is still
// listed.
std::vector<RouteRule> read_routes(const YamlNode& document, Faults& faults);  // plimsoll.routes/1
std::vector<CveRule> read_cves(const YamlNode& document, Faults& faults);      // plimsoll.cves/1

}  // namespace plimsoll::policy
