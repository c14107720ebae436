#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/exception.h"
#include "model/response.h"
#include "model/route_rule.h"
#include "model/scoring.h"
#include "model/service_policy.h"
#include "model/update_policy.h"
#include "model/wan.h"
#include "policy/origin.h"
#include "policy/scoped_settings.h"

namespace plimsoll::policy {

// What judgement is made with (constants, escape routes), how its threat sources are kept fresh, which networks are
// inside, what may be done to assets by itself, what is excepted, how the service keeps and
// looks, and what is otherwise for some assets.
struct Policy {
  ScoringPolicy scoring;
  UpdatePolicy updates;
  WanPolicy network;
  ResponsePolicy responses;
  RetentionPolicy retention;
  SchedulePolicy schedule;
  std::vector<RouteRule> routes;
  std::vector<CveRule> cves;
  std::vector<Exception> exceptions;   // also those that have ended
  std::vector<ScopedSettings> scoped;  // in the order of the files
  std::vector<Origin> origins;         // of what files give for all assets, but the lists of `not_settings`
};

// The built-in file, and what of a policy document is a list of things rather than settings.
inline constexpr const char* default_file = "data/policies/default.yaml";
inline constexpr std::array<std::string_view, 4> not_settings{"schema", "responses", "exceptions", "scoped"};

// The policy built into the program (data/policies/default.yaml, data/routes/*.yaml). An error here is a bug.
Result<Policy> default_policy();

// The default with the settings of `text` laid over it. All faults are told in one error, a line each:
// "FILE:LINE:COLUMN: ...".
Result<Policy> parse_policy(std::string_view text, const std::string& file_name);

}  // namespace plimsoll::policy
