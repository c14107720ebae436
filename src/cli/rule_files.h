#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "benchmark/rule_set.h"
#include "policy/policy.h"

namespace plimsoll::cli {

inline constexpr const char* user_rules_directory = "/etc/plimsoll/benchmarks";

// The built-in rules, those of /etc/plimsoll/benchmarks where that exists, and those of `directory` (empty: none),
// without what the policy switches off. All faults of all files in one error.
Result<benchmark::RuleSet> load_rule_set(const std::string& directory, const policy::Policy& policy);

// What of the rules is asked for; all empty: everything.
struct RuleChoice {
  std::vector<std::string> packs;   // "cis-docker" (a benchmark), "docker" (the front of our ids), a section
  std::string edition;              // of the one benchmark among the packs; empty: its newest
  std::vector<std::string> checks;  // our ids; with one benchmark also its own numbers
  bool empty() const { return packs.empty() && edition.empty() && checks.empty(); }
};

// Takes away all rules that were not asked for. Yields the maps of the benchmarks that were, with their controls that
// were; all maps when nothing was chosen. Not found: a pack, edition or check that does not exist, with the nearest
// that does.
Result<std::vector<benchmark::ControlMap>> narrow(benchmark::RuleSet& rules, const RuleChoice& choice);

// "CIS Docker" -> "cis-docker"
std::string slug_of(const std::string& name);

}  // namespace plimsoll::cli
