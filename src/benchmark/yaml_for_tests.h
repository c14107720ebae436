#pragma once
#include <gtest/gtest.h>

#include <string>

#include "benchmark/condition_file.h"
#include "benchmark/fixture_file.h"
#include "policy/faults.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::benchmark {

// A tree in the notation of the fixtures.
inline FactTree facts(const std::string& yaml) {
  const auto fixtures = parse_fixtures("- expect: pass\n  facts: " + yaml + "\n", "facts.yaml");
  EXPECT_TRUE(fixtures.ok()) << fixtures.error().message;
  return fixtures.ok() ? fixtures->front().facts : FactTree{};
}

inline Condition condition(const std::string& yaml) {
  const auto document = parse_yaml(yaml, "condition.yaml");
  EXPECT_TRUE(document.ok()) << yaml << ": " << (document.ok() ? "" : document.error().message);
  if (!document.ok()) return {};
  policy::Faults faults("condition.yaml");
  Condition out = read_condition(*document, faults);
  EXPECT_TRUE(faults.empty()) << faults.error().message;
  return out;
}

inline Found found(const FactTree& tree) {
  return {&tree, tree.source, tree.kind == FactTree::Kind::unknown ? tree.text : ""};
}

inline Verdict verdict(const std::string& condition_yaml, const FactTree& tree) {
  const Found none = no_telling("not given");
  return judge(condition(condition_yaml), found(tree), {none, none, none, none, none});
}

inline Tristate state(const std::string& condition_yaml, const FactTree& tree) {
  return verdict(condition_yaml, tree).state;
}

}  // namespace plimsoll::benchmark
