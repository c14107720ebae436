#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "benchmark/rule_set.h"
#include "policy/policy.h"

namespace plimsoll::benchmark {

// "CIS Docker" -> "cis-docker"
std::string slug_of(std::string_view name);

// Whether a rule's id is `pattern`, or begins with it where that ends in ".*".
bool is_meant(std::string_view pattern, std::string_view id);

// Whether every rule and benchmark exists that `policy` names for some assets, and every benchmark it counts. All that
// does not in one error, a line each: "FILE:LINE: what", with the name that is near.
Status check_names(const RuleSet& rules, const policy::Policy& policy);

}  // namespace plimsoll::benchmark
