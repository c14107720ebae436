#pragma once
#include <string_view>
#include <vector>

#include "benchmark/rule.h"
#include "policy/faults.h"

namespace plimsoll::benchmark {

// The rules of one file (schema plimsoll.rules/1, docs/benchmark-rules.md). Every fault is told; a rule with one is
// still listed, and must not be judged.
std::vector<Rule> read_rules(const YamlNode& document, const std::string& file, policy::Faults& faults);

// Our ids: lower-case words of letters, digits, "_" and "-" with dots between, at least two.
bool is_rule_id(std::string_view text);

// A fault unless the document names this schema.
void check_schema(policy::MapReader& map, std::string_view schema, policy::Faults& faults);

}  // namespace plimsoll::benchmark
