#pragma once
#include <string_view>
#include <vector>

#include "model/wan.h"
#include "policy/faults.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::policy {

// The key of a policy document below which stands what is inside and what outside.
inline constexpr std::string_view network_key = "network";

// Lays the settings below `network` of one policy document, if any, over `policy`: a list that is given replaces the
// one that was. Faults name what is wrong.
void read_network(const YamlNode& document, WanPolicy& policy, Faults& faults);

// Setting names that `document` does not give (for the test that default.yaml is whole).
std::vector<std::string_view> network_settings_absent(const YamlNode& document);

}  // namespace plimsoll::policy
