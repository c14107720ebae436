#pragma once
#include <vector>

#include "model/response.h"
#include "policy/faults.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::policy {

// The list below `do` of a rule: a word for an action without settings, else a map of one word: `block: {port: 22}`.
std::vector<ResponseAction> read_actions(const YamlNode& node, Faults& faults);

}  // namespace plimsoll::policy
