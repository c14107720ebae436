#pragma once
#include <optional>
#include <string_view>

#include "policy/faults.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::policy {

// The number of a scalar inside [low, high], whole if asked; else nothing, and a fault that says what `name` takes.
std::optional<double> number_in(const YamlNode& node, std::string_view name, double low, double high, bool whole,
                                Faults& faults);

}  // namespace plimsoll::policy
