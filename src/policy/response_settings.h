#pragma once
#include <string_view>

#include "model/response.h"
#include "policy/faults.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::policy {

// The key of a policy document below which stands what may be done to assets (docs/respond.md).
inline constexpr std::string_view responses_key = "responses";

// Lays what stands below `responses` of one document, if anything, over `policy`: a rule with a known id changes that
// rule's settings that are given, another is added. Faults name what is wrong, and what to write instead.
void read_responses(const YamlNode& document, ResponsePolicy& policy, Faults& faults);

}  // namespace plimsoll::policy
