#include "benchmark/rule_set.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "benchmark/fixture_file.h"

namespace plimsoll::benchmark {
namespace {

const std::string kHead = "schema: plimsoll.rules/1\nsection: S\nsubject: host\nrules:\n";

std::string rule(const std::string& id, const std::string& pass = "{fact: a, equals: 1}") {
  return "  - {id: " + id + ", title: T, why: W, severity: low, remedy: R, pass: " + pass + "}\n";
}

std::string faults_of(const std::vector<SourceFile>& files, const std::vector<std::string>& off = {}) {
  const auto rules = load_rules(files, off);
  return rules.ok() ? "" : rules.error().message;
}

void expect_fault(const std::string& faults, const std::string& expected) {
  EXPECT_NE(faults.find(expected), std::string::npos) << "missing: " << expected << "\nin:\n" << faults;
}

TEST(RuleSet, ReadsEverythingOfARule) {
  const auto rules = load_rules({{"r.yaml", R"(
schema: plimsoll.rules/1
section: Kernel
subject: container
rules:
  - id: container.x.y
    title: T
    why: W
    severity: [{level: critical, when: {fact: a, equals: 1}}, {level: low}]
    remedy: R
    references: [https://example.test/]
    applies: {fact: a, exists: true}
    pass: {any: [{fact: "host:a[b.c]", matches: "x|y"}, {not: {each: l, none: {fact: key, equals: "0"}}}]}
    evidence: [a]
    fail_reason: F
  - {id: container.m, title: M, manual: Look.}
)"}});
  ASSERT_TRUE(rules.ok()) << rules.error().message;
  ASSERT_EQ(rules->rules.size(), 2U);
  const Rule& first = rules->rules[0];
  EXPECT_EQ(first.subject, Subject::container);
  EXPECT_EQ(first.severity.size(), 2U);
  EXPECT_TRUE(first.applies.has_value());
  EXPECT_EQ(first.pass.parts.size(), 2U);
  EXPECT_EQ(first.place, "r.yaml:6:5");
  EXPECT_EQ(rules->rules[1].manual, "Look.");
  EXPECT_EQ(rules->find("container.m"), &rules->rules[1]);
}

TEST(RuleSet, TellsAllFaultsOfAllFilesWithTheirPlaces) {
  const std::string one = R"(schema: plimsoll.rules/2
section: S
subject: hots
rules:
  - id: Bad Id
    titel: T
    why: W
    severity: awful
    remedy: R
    pass: {fact: a, equal: 1}
  - id: host.two
    title: T
    why: W
    severity: low
    remedy: R
    pass: {fact: a..b, mode_within: "9", matches: "(", at_least: x}
    applies: {all: []}
  - id: host.three
    title: T
    why: W
    severity: [{level: high}, {level: low, when: {fact: a}}]
    remedy: R
    pass: {each: a, all: {fact: ^^b, exists: maybe}, any: {fact: c, equals: 0644}}
  - id: host.four
    title: T
    manual: M
    pass: {fact: a, owner: "x:"}
)";
  const std::string faults = faults_of({{"one.yaml", one}, {"two.yaml", "schema: [\n"}});
  expect_fault(faults, "one.yaml:1:9: schema \"plimsoll.rules/2\" is not one this program reads here");
  expect_fault(faults, "one.yaml:3:10: subject \"hots\" must be host, runtime, container or image");
  expect_fault(faults, "one.yaml:5:9: \"Bad Id\" is no rule id");
  expect_fault(faults, "one.yaml:6:5: unknown key \"titel\" in a rule; did you mean \"title\"?");
  expect_fault(faults, "one.yaml:5:5: a rule lacks \"title\"");
  expect_fault(faults, "one.yaml:8:15: severity \"awful\" must be");
  expect_fault(faults, "one.yaml:10:21: unknown key \"equal\" in a condition on a fact; did you mean \"equals\"?");
  expect_fault(faults, "one.yaml:16:18: \"a..b\" is no path");
  expect_fault(faults, "one.yaml:16:37: mode_within takes four octal digits");
  expect_fault(faults, "one.yaml:16:51: not a regular expression");
  expect_fault(faults, "one.yaml:16:66: at_least takes a whole number");
  expect_fault(faults, "one.yaml:17:20: all has no condition");
  expect_fault(faults, "only the last severity of a list stands without");
  expect_fault(faults, "the last severity of a list must hold always");
  expect_fault(faults, "nothing is asked of the fact");
  expect_fault(faults, "^ leads out of the rule");
  expect_fault(faults, "exists must be true or false");
  expect_fault(faults, "an each has exactly one of");
  expect_fault(faults, "one.yaml:24:5: a rule has either \"pass\"");
  expect_fault(faults, "owner takes user:group");
  expect_fault(faults, "two.yaml:2:1: not valid YAML");
}

TEST(RuleSet, NumbersThatCanBeReadTwoWaysAreRefused) {
  expect_fault(faults_of({{"r.yaml", kHead + rule("host.a", "{fact: a, equals: 0644}")}}),
               "r.yaml:5:86: 0644 could be read in two ways; write 0o0644");
}

TEST(RuleSet, AnIdTwiceIsRefusedUnlessTheUserReplacesOurs) {
  const std::string twice = kHead + rule("host.a") + rule("host.a");
  expect_fault(faults_of({{"r.yaml", twice}}), "r.yaml:6:5: rule \"host.a\" is given twice, first at r.yaml:5:5");
  expect_fault(faults_of({{"r.yaml", kHead + rule("host.a")}, {"s.yaml", kHead + rule("host.a")}}), "first at r.yaml");
  expect_fault(faults_of({{"r.yaml", twice, false}}), "is given twice");
  const auto rules = load_rules({{"ours.yaml", kHead + rule("host.a") + rule("host.b")},
                                 {"mine.yaml", kHead + rule("host.a", "{fact: mine, equals: 1}"), false}});
  ASSERT_TRUE(rules.ok()) << rules.error().message;
  ASSERT_EQ(rules->rules.size(), 2U);
  EXPECT_EQ(rules->rules[0].pass.path.text, "mine");
}

const std::string kMap = "schema: plimsoll.map/1\nbenchmark: B\nedition: \"1\"\ncontrols:\n";

TEST(RuleSet, MapsNameRulesThatAreThere) {
  const auto good = load_rules({{"r.yaml", kHead + rule("host.alpha")},
                                {"m.yaml", kMap + "  - {id: \"1.1\", level: \"1\", scored: true, rules: [host.alpha]}\n"
                                                  "  - {id: \"1.2\", rules: [], why_none: policy}\n"}});
  ASSERT_TRUE(good.ok()) << good.error().message;
  EXPECT_EQ(good->maps.at(0).controls.size(), 2U);
  const std::string faults =
      faults_of({{"m.yaml", kMap + "  - {id: \"1.1\", rules: [host.alpa]}\n  - {id: \"1.1\", rules: []}\n"},
                 {"r.yaml", kHead + rule("host.alpha")}});
  expect_fault(faults, "m.yaml:5:25: there is no rule \"host.alpa\"; did you mean \"host.alpha\"?");
  expect_fault(faults, "m.yaml:6:5: control 1.1 is given twice");
  expect_fault(faults, "m.yaml:6:5: control 1.1 has no rule");
  expect_fault(faults_of({{"m.yaml", kMap + "  []\n"}, {"n.yaml", kMap + "  []\n"}}),
               "is given twice, first in m.yaml");
  EXPECT_EQ(faults_of({{"m.yaml", kMap + "  []\n"}, {"n.yaml", kMap + "  []\n", false}}), "");
}

TEST(RuleSet, RulesAreSwitchedOff) {
  const std::vector<SourceFile> files = {
      {"r.yaml", kHead + rule("host.ssh.a") + rule("host.ssh.b") + rule("host.sshd.c") + rule("host.x")},
      {"m.yaml", kMap + "  - {id: \"1.1\", rules: [host.ssh.a]}\n"}};
  const auto rules = load_rules(files, {"host.ssh.*", "host.x"});
  ASSERT_TRUE(rules.ok()) << rules.error().message;
  ASSERT_EQ(rules->rules.size(), 1U);
  EXPECT_EQ(rules->rules[0].id, "host.sshd.c");
  EXPECT_EQ(rules->switched_off.size(), 3U);
  expect_fault(faults_of(files, {"host.xx"}), "policy: benchmark.off: there is no rule \"host.xx\"; did you mean");
}

TEST(Fixtures, AreReadWithTheirTags) {
  const auto fixtures = parse_fixtures(
      "- expect: not applicable\n  facts: {a: !absent , b: !unknown no right, c: 0o644, d: [true, \"1\"], e: ~}\n"
      "  host: {x: 1}\n",
      "f.yaml");
  ASSERT_TRUE(fixtures.ok()) << fixtures.error().message;
  const Fixture& first = fixtures->front();
  EXPECT_EQ(first.facts.at("a").kind, FactTree::Kind::absent);
  EXPECT_EQ(first.facts.at("b").text, "no right");
  EXPECT_EQ(first.facts.at("c").integer, 0644);
  EXPECT_EQ(first.facts.at("d").items[1].text, "1");
  EXPECT_EQ(first.facts.at("e").kind, FactTree::Kind::absent);
  EXPECT_EQ(first.host.at("x").integer, 1);
  const auto bad = parse_fixtures("- {expect: good, facts: {a: 0644, b: !other x}}\n", "f.yaml");
  ASSERT_FALSE(bad.ok());
  expect_fault(bad.error().message, "f.yaml:1:3: expect must be");
  expect_fault(bad.error().message, "f.yaml:1:29: a number with a leading zero");
  expect_fault(bad.error().message, "there are only the tags");
}

}  // namespace
}  // namespace plimsoll::benchmark
