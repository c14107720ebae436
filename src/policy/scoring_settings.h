#pragma once
#include <optional>
#include <string>
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
  std::variant<double ScoringPolicy::*, int ScoringPolicy::*, bool ScoringPolicy::*,
               std::vector<ScoringPolicy::UserAddition> ScoringPolicy::*, std::vector<std::string> ScoringPolicy::*,
               std::optional<std::vector<std::string>> ScoringPolicy::*>
      field;
  double low = 0, high = 1;
};

// All that the schema plimsoll.policy/1 has about scores.
const std::vector<Setting>& scoring_settings();

// Settings that only make sense together (levels, the curve of EPSS) bear the same number; 0: it stands alone.
int group_of(std::string_view path);

// Whether a section ("threats", "edges") may be other for some assets than for the rest.
bool is_per_asset(std::string_view section);

// Lays the settings of one policy document over `policy`. Faults name what is wrong; then `policy` holds the rest.
void read_scoring(const YamlNode& document, ScoringPolicy& policy, Faults& faults);

// The same of an entry of `scoped`, whose keys `beside` are read elsewhere: yields the settings it gives. What holds
// for all assets is a fault there.
std::vector<const Setting*> read_scoped_scoring(const YamlNode& entry, const std::vector<std::string>& beside,
                                                ScoringPolicy& policy, Faults& faults);

// Setting paths that `document` does not give (for the test that default.yaml is whole).
std::vector<std::string_view> settings_absent(const YamlNode& document);

}  // namespace plimsoll::policy
