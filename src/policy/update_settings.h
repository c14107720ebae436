#pragma once
#include <string_view>
#include <vector>

#include "model/update_policy.h"
#include "policy/faults.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::policy {

// The key of a policy document below which the settings of `plimsoll db update` stand.
inline constexpr std::string_view updates_key = "updates";

// Lays the settings below `updates` of one policy document, if any, over `policy`. Faults name what is wrong.
void read_updates(const YamlNode& document, UpdatePolicy& policy, Faults& faults);

// Setting names that `document` does not give (for the test that default.yaml is whole).
std::vector<std::string_view> update_settings_absent(const YamlNode& document);

}  // namespace plimsoll::policy
