#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/fact_tree.h"

// Flags and values as the programs of Kubernetes (Go: pflag, flag) take them. Pure.
namespace plimsoll::probe::kubernetes {

// The values of each flag in their order, by name ("_" made "-"): "--x=v", "--x v", "-x=v". The last one wins, but for
// lists, which add up. `is_switch` names the flags that take no word of their own: they have "true" when none is
// attached.
using Flags = std::map<std::string, std::vector<std::string>>;
using IsSwitch = bool (*)(std::string_view name);
Flags parse_flags(const std::vector<std::string>& arguments, IsSwitch is_switch);

enum class ValueType { boolean, integer, duration, text, list, map };

// A flag's or a YAML scalar's text as a value. Durations (Go's "1h30m", "300ms", "0") are whole seconds, rounded up.
// Lists are split at commas; maps are "a=true,b=false" with the values as texts. unknown: it is none of its type.
FactTree typed_value(ValueType type, const std::vector<std::string>& values, std::string source);

}  // namespace plimsoll::probe::kubernetes
