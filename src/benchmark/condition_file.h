#pragma once
#include "benchmark/condition.h"
#include "policy/faults.h"

namespace plimsoll::benchmark {

// A condition as written in a rule file. Every fault is told; with one, the condition returned must not be judged.
Condition read_condition(const YamlNode& node, policy::Faults& faults);

// A whole number as written: decimal, 0x hexadecimal or 0o octal, with a sign; nothing for anything else. A leading
// zero is refused: readers of YAML disagree on what it means.
std::optional<int64_t> parse_whole_number(std::string_view text);

// A path of a rule, with a fault when it is none or has `^` or `key` outside an each (`depth` counts those around it).
FactPath read_path(const YamlNode& node, size_t depth, policy::Faults& faults);

}  // namespace plimsoll::benchmark
