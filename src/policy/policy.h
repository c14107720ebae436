#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/route_rule.h"
#include "model/scoring.h"
#include "model/update_policy.h"

namespace plimsoll::policy {

// What judgement is made with (constants, escape routes), and how its threat sources are kept fresh.
struct Policy {
  ScoringPolicy scoring;
  UpdatePolicy updates;
  std::vector<RouteRule> routes;
  std::vector<CveRule> cves;
};

// The policy built into the program (data/policies/default.yaml, data/routes/*.yaml). An error here is a bug.
Result<Policy> default_policy();

// The default with the settings of `text` laid over it. All faults are told in one error, a line each:
// "FILE:LINE:COLUMN: ...".
Result<Policy> parse_policy(std::string_view text, const std::string& file_name);

}  // namespace plimsoll::policy
