#pragma once
#include <array>
#include <string>
#include <string_view>

#include "policy/faults.h"
#include "policy/policy.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::policy {

// The keys at the top of a policy document beside `schema` and those of scores.
inline constexpr std::array<std::string_view, 7> other_sections{"updates", "network",   "responses", "exceptions",
                                                                "scoped",  "retention", "schedule"};

// Lays everything that `document` says of all assets over `policy`; `file` is its name. Faults name what is wrong.
void read_sections(const YamlNode& document, const std::string& file, Policy& policy, Faults& faults);

}  // namespace plimsoll::policy
