#pragma once
#include <string_view>

#include "model/response.h"
#include "policy/faults.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::policy {

// Which assets: {kind, label, image, name, node, namespace}. `what` is how faults call it: "asset", "scope".
AssetSelection read_selection(const YamlNode& node, std::string_view what, Faults& faults);

// "kind container, label env=prod"; "all" when nothing is given.
std::string describe(const AssetSelection& selection);

}  // namespace plimsoll::policy
