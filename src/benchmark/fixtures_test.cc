// The rules that are shipped: all load, every one has fixtures, and comes out as its fixtures say.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/file.h"
#include "benchmark/evaluate.h"
#include "benchmark/fixture_file.h"
#include "benchmark/rule_set.h"
#include "model/names.h"

namespace plimsoll::benchmark {
namespace {

const std::string kFixtures = std::string(PLIMSOLL_SOURCE_DIR) + "/data/benchmarks/fixtures/";

Found tree(const FactTree& given) {
  if (given.kind == FactTree::Kind::absent) return no_telling("the fixture gives no such tree");
  return {&given, given.source, given.kind == FactTree::Kind::unknown ? given.text : ""};
}

Trees trees_of(const Fixture& fixture, Subject subject) {
  Trees trees{
      tree(fixture.host),     tree(fixture.runtime),
      tree(fixture.runtimes), tree(fixture.container),
      tree(fixture.image),    tree(fixture.judged.kind == FactTree::Kind::absent ? nothing_judged() : fixture.judged)};
  const Found own = tree(fixture.facts);
  switch (subject) {
    case Subject::host:
      trees.host = own;
      break;
    case Subject::runtime:
      trees.runtime = own;
      break;
    case Subject::container:
      trees.container = own;
      break;
    case Subject::image:
      trees.image = own;
      break;
  }
  return trees;
}

void run(const Rule& rule, const Fixture& fixture, const std::string& file) {
  const std::string place = file + ":" + std::to_string(fixture.line);
  const CheckResult row = check(rule, "fixture", tree(fixture.facts), trees_of(fixture, rule.subject));
  EXPECT_EQ(name_of(row.outcome), name_of(fixture.expect))
      << place << ": " << rule.id << "\n  evidence: " << row.evidence << "\n  reason: " << row.reason;
  if (fixture.severity != SeverityLevel::unknown) {
    EXPECT_EQ(name_of(row.severity), name_of(fixture.severity)) << place << ": " << rule.id;
  }
  if (row.outcome == CheckOutcome::unknown || row.outcome == CheckOutcome::manual) {
    EXPECT_NE(row.reason, "") << place;
  }
  if (row.outcome == CheckOutcome::fail) {
    EXPECT_NE(row.evidence, "") << place;
  }
}

TEST(ShippedRules, LoadAndComeOutAsTheirFixturesSay) {
  const auto rules = load_rules(built_in_files());
  ASSERT_TRUE(rules.ok()) << rules.error().message;
  EXPECT_EQ(std::filesystem::exists(std::string(PLIMSOLL_SOURCE_DIR) + "/data/benchmarks/rules"),
            !rules->rules.empty());
  for (const Rule& rule : rules->rules) {
    const std::string file = kFixtures + rule.id + ".yaml";
    if (!rule.manual.empty() && !std::filesystem::exists(file)) continue;
    const auto text = read_file(file, size_t{1} << 20);
    if (!text.ok()) {
      ADD_FAILURE() << rule.place << ": rule " << rule.id << " has no fixtures; write " << file;
      continue;
    }
    const auto fixtures = parse_fixtures(*text, file);
    if (!fixtures.ok()) {
      ADD_FAILURE() << fixtures.error().message;
      continue;
    }
    std::set<CheckOutcome> outcomes;
    for (const Fixture& fixture : *fixtures) {
      outcomes.insert(fixture.expect);
      run(rule, fixture, file);
    }
    if (!rule.manual.empty()) continue;
    EXPECT_EQ(outcomes.count(CheckOutcome::pass), 1U) << file << ": no fixture that passes";
    EXPECT_EQ(outcomes.count(CheckOutcome::fail), 1U) << file << ": no fixture that fails";
  }
}

TEST(ShippedRules, EveryFixtureFileBelongsToARule) {
  if (!std::filesystem::exists(kFixtures)) GTEST_SKIP() << "no fixtures yet";
  const auto rules = load_rules(built_in_files());
  ASSERT_TRUE(rules.ok()) << rules.error().message;
  for (const auto& entry : std::filesystem::directory_iterator(kFixtures)) {
    EXPECT_NE(rules->find(entry.path().stem().string()), nullptr) << entry.path() << ": there is no such rule";
  }
}

}  // namespace
}  // namespace plimsoll::benchmark
