#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "benchmark/rule_set.h"
#include "policy/policy.h"

namespace plimsoll::cli {

inline constexpr const char* user_rules_directory = "/etc/plimsoll/benchmarks";

// The files of the built-in rules, of those of /etc/plimsoll/benchmarks where that exists, and of those of `directory`
// (empty: none).
Result<std::vector<benchmark::SourceFile>> read_rule_files(const std::string& directory);
// Their rules without what the policy switches off. All faults of all files in one error; so is a name in the policy
// that is of no rule or benchmark.
Result<benchmark::RuleSet> rule_set_of(const std::vector<benchmark::SourceFile>& files, const policy::Policy& policy);

// Both: the built-in rules, those of /etc/plimsoll/benchmarks where that exists, and those of `directory` (empty:
// none), without what the policy switches off. All faults of all files in one error.
Result<benchmark::RuleSet> load_rule_set(const std::string& directory, const policy::Policy& policy);

// Whether there are rules that a user wrote: in `directory`, or where they are kept for every run.
bool has_own_rules(const std::string& directory);

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

}  // namespace plimsoll::cli
