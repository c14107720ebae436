#pragma once
#include <string>

#include "benchmark/rule.h"
#include "policy/faults.h"

namespace plimsoll::benchmark {

// A control map (schema plimsoll.map/1, docs/benchmark-rules.md). Every fault is told. Whether its rules exist is
// asked later, when all files are read.
ControlMap read_map(const YamlNode& document, const std::string& file, policy::Faults& faults);

// Adds a fault for every rule of `document` that `ids` (sorted) does not hold.
void check_rules_of_map(const YamlNode& document, const std::vector<std::string>& ids, policy::Faults& faults);

}  // namespace plimsoll::benchmark
