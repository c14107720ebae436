#pragma once
#include <string_view>
#include <variant>
#include <vector>

#include "model/scoring.h"
#include "policy/faults.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::policy {

// One constant of the score: where it stands in a policy file, where in ScoringPolicy, and what values it may have.
struct Setting {
  std::string_view path;  // "threats.likelihood.unknown"
  std::variant<double ScoringPolicy::*, int ScoringPolicy::*, bool ScoringPolicy::*> field;
  double low = 0, high = 1;
};

// The whole schema plimsoll.policy/1 apart from `schema`, `additions.by_label` and `benchmark.off`.
const std::vector<Setting>& scoring_settings();

// Lays the settings of one policy document over `policy`. Faults name what is wrong; then `policy` holds the rest.
void read_scoring(const YamlNode& document, ScoringPolicy& policy, Faults& faults);

// Setting paths that `document` does not give (for the test that default.yaml is whole).
std::vector<std::string_view> settings_absent(const YamlNode& document);

}  // namespace plimsoll::policy
