#include "policy/scoped_settings.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "policy/explain.h"
#include "policy/policy.h"
#include "policy/policy_files.h"

namespace plimsoll::policy {
namespace {

const std::string head = "schema: plimsoll.policy/1\n";

Policy policy_of(const std::string& text) {
  auto policy = parse_policy(head + text, "mine.yaml");
  EXPECT_TRUE(policy.ok()) << policy.error().message;
  return policy.ok() ? *policy : Policy();
}

std::string faults_of(const std::string& text) {
  const auto policy = parse_policy(head + text, "mine.yaml");
  return policy.ok() ? std::string() : policy.error().message;
}

AssetReport container(const std::string& name, std::map<std::string, std::string> labels = {}) {
  AssetReport out;
  out.asset.id = {"docker:" + name};
  out.asset.kind = AssetKind::container;
  out.asset.name = name;
  out.asset.node = "box";
  out.asset.image = "shop/" + name + ":1";
  out.asset.labels = std::move(labels);
  return out;
}

ScoringPolicy scoring_of(const Policy& policy, const AssetReport& asset) {
  const OwnScoring own = own_scoring(policy, {asset});
  return own.empty() ? policy.scoring : *own.begin()->second;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(ScopedSettings, HoldForTheirAssetsAlone) {
  const Policy policy = policy_of(
      "levels: {critical: 95}\n"
      "scoped:\n"
      "  - scope: {label: env=prod}\n"
      "    threats: {likelihood: {unknown: 0.9}, severity_order: [NVD, highest]}\n"
      "    additions: {reaches_wan: 20, by_label: [{name: shop, label: shop, points: 3}]}\n"
      "    benchmark: {off: [host.a], count: [cis-docker]}\n");
  const ScoringPolicy prod = scoring_of(policy, container("web", {{"env", "prod"}}));
  EXPECT_EQ(prod.likelihood_unknown, 0.9);
  EXPECT_EQ(prod.severity_order, (std::vector<std::string>{"NVD", "highest"}));
  EXPECT_EQ(prod.points_reaches_wan, 20);
  EXPECT_EQ(prod.user_additions.size(), 1u);
  EXPECT_EQ(prod.checks_off, std::vector<std::string>{"host.a"});
  EXPECT_EQ(prod.benchmarks_counted, std::vector<std::string>{"cis-docker"});
  EXPECT_EQ(prod.level_critical, 95);
  EXPECT_EQ(prod.reach_wan, policy.scoring.reach_wan);
  EXPECT_EQ(scoring_of(policy, container("web", {{"env", "test"}})), policy.scoring);
  EXPECT_EQ(own_scoring(policy, {container("a"), container("b")}).size(), 0u);
}

TEST(ScopedSettings, TheMostSpecificWinsSettingBySetting) {
  const std::string by_two =
      "  - scope: {kind: container, label: env=prod}\n"
      "    additions: {reaches_wan: 30}\n";
  const std::string by_one =
      "  - scope: {name: web}\n"
      "    additions: {reaches_wan: 20, can_escape: 21}\n";
  const std::string by_pattern =
      "  - scope: {name: \"w*\"}\n"
      "    additions: {reaches_wan: 10, can_escape: 11, runs_privileged: 12}\n";
  const AssetReport web = container("web", {{"env", "prod"}});
  for (const std::string& order :
       {by_two + by_one + by_pattern, by_pattern + by_one + by_two, by_one + by_two + by_pattern}) {
    const ScoringPolicy scoring = scoring_of(policy_of("scoped:\n" + order), web);
    EXPECT_EQ(scoring.points_reaches_wan, 30) << order;  // two keys go before one
    EXPECT_EQ(scoring.points_escape, 21) << order;       // a name before a pattern
    EXPECT_EQ(scoring.points_privileged, 12) << order;
  }
  const std::string alike =
      "  - {scope: {name: web}, additions: {reaches_wan: 1}}\n  - {scope: {node: box}, additions: {reaches_wan: 2}}\n";
  EXPECT_EQ(scoring_of(policy_of("scoped:\n" + alike), web).points_reaches_wan, 2);  // of two alike the later
}

TEST(ScopedSettings, SettingsThatBelongTogetherAreTakenTogether) {
  const Policy policy = policy_of(
      "scoped:\n"
      "  - {scope: {name: web}, levels: {critical: 60, high: 50}}\n"
      "  - {scope: {label: a}, levels: {high: 85}}\n"
      "  - {scope: {label: a, name: web}, additions: {reaches_wan: 1}}\n");
  const ScoringPolicy scoring = scoring_of(policy, container("web", {{"a", ""}}));
  EXPECT_EQ(scoring.level_critical, 90);  // not 60 below 85
  EXPECT_EQ(scoring.level_high, 85);
}

TEST(ScopedSettings, StandOnTheSettingsOfAllFiles) {
  const auto policy = parse_policies({{"a.yaml", head + "scoped: [{scope: {name: web}, levels: {high: 60}}]\n"},
                                      {"b.yaml", head + "levels: {critical: 99}\n"}});
  ASSERT_TRUE(policy.ok()) << policy.error().message;
  EXPECT_EQ(scoring_of(*policy, container("web")).level_critical, 99);
  EXPECT_EQ(policy->scoped.front().file, "a.yaml");
}

TEST(ScopedSettings, RefusesWhatHoldsForAllWithItsPlace) {
  const std::string faults = faults_of(
      "scoped:\n"
      "  - scope: {name: web}\n"
      "    edges: {connections_seen: 0.5}\n"
      "    updates: {attempts: 2}\n"
      "    network: {outside: []}\n"
      "    threat_db: {warn_after_days: 3}\n"
      "    levles: {high: 3}\n"
      "    threats: {likelihood: {unknown: 7}}\n");
  EXPECT_TRUE(has(faults, "mine.yaml:4:5: edges holds for all assets; write it at the top of the file")) << faults;
  EXPECT_TRUE(has(faults, "mine.yaml:5:5: updates holds for all assets")) << faults;
  EXPECT_TRUE(has(faults, "mine.yaml:6:5: network holds for all assets")) << faults;
  EXPECT_TRUE(has(faults, "mine.yaml:7:5: threat_db holds for all assets")) << faults;
  EXPECT_TRUE(has(faults, "mine.yaml:8:5: unknown key \"levles\" in an entry of scoped; did you mean \"levels\"?"))
      << faults;
  EXPECT_TRUE(has(faults, "mine.yaml:9:37: threats.likelihood.unknown is 7, out of range")) << faults;
  EXPECT_EQ(split(faults, '\n').size(), 6u) << faults;
  EXPECT_TRUE(has(faults_of("scoped: [{levels: {high: 60}}]\n"), "needs \"scope\""));
  EXPECT_TRUE(has(faults_of("scoped: [{scope: {}, levels: {high: 60}}]\n"), "scope is empty"));
  EXPECT_TRUE(has(faults_of("scoped: [{scope: {image: []}}]\n"), "empty list"));
  EXPECT_TRUE(has(faults_of("scoped: [3]\n"), "an entry of scoped must be a map"));
  EXPECT_TRUE(has(faults_of("scoped: {}\n"), "scoped must be a list"));
  EXPECT_TRUE(has(faults_of("scoped: [{scope: {name: a}, levels: {high: 95}}]\n"), "levels must fall"));
}

TEST(PolicyExplain, TellsValuePlaceAndTheScopeThatWon) {
  const Policy policy = policy_of(
      "levels: {critical: 95}\n"
      "additions: {reaches_wan: 5, can_escape: 10.0}\n"  // as built in
      "updates: {attempts: 9}\n"
      "scoped:\n"
      "  - scope: {kind: container}\n"
      "    additions: {reaches_wan: 6, runs_privileged: 16}\n"
      "  - scope: {kind: container, label: env=prod}\n"
      "    additions: {reaches_wan: 7}\n"
      "  - scope: {name: other}\n"
      "    additions: {reaches_wan: 8}\n"
      "exceptions:\n"
      "  - {threat: CVE-1, owner: me, reason: why, expires: 2027-01-01, scope: {name: web}}\n"
      "  - {threat: CVE-2, owner: me, reason: why, expires: 2027-01-01, scope: {name: other}}\n"
      "responses:\n"
      "  rules:\n"
      "    - {id: escape-open, mode: ask}\n"
      "    - {id: of-others, when: {asset: {name: other}}, do: [alert]}\n");
  const Explanation explained = explain(policy, container("web", {{"env", "prod"}}).asset);
  std::vector<std::string> lines;
  for (const ExplainedSetting& setting : explained.settings)
    lines.push_back(setting.path + " " + setting.value + " " + setting.built_in + " " + std::to_string(setting.line) +
                    " " + setting.scope);
  EXPECT_EQ(lines, (std::vector<std::string>{"additions.reaches_wan 7 5 9 kind container, label env=prod",
                                             "additions.runs_privileged 16 15 7 kind container",
                                             "levels.critical 95 90 2 ", "updates.attempts 9 4 4 "}));
  ASSERT_EQ(explained.scopes.size(), 2u);
  EXPECT_EQ(explained.scopes.front()->line, 8);
  ASSERT_EQ(explained.exceptions.size(), 1u);
  EXPECT_EQ(explained.exceptions.front()->created_by, "mine.yaml:13");
  ASSERT_EQ(explained.responses.size(), 1u);
  EXPECT_EQ(explained.responses.front()->id, "escape-open");
}

TEST(PolicyExplain, AGroupIsTakenFromOneEntry) {
  const Policy policy = policy_of(
      "levels: {critical: 95}\n"
      "scoped:\n"
      "  - {scope: {name: web}, levels: {low: 5}}\n"
      "  - {scope: {name: web, kind: container}, levels: {high: 75}}\n");
  std::vector<std::string> lines;
  const Explanation explained = explain(policy, container("web").asset);
  for (const ExplainedSetting& setting : explained.settings) lines.push_back(setting.path + " " + setting.value);
  EXPECT_EQ(lines, (std::vector<std::string>{"levels.critical 95", "levels.high 75"}));
}

TEST(PolicyExplain, NothingIsOtherwiseWithoutFiles) {
  const auto policy = parse_policies({});
  ASSERT_TRUE(policy.ok());
  const Explanation explained = explain(*policy, container("web").asset);
  EXPECT_TRUE(explained.settings.empty() && explained.scopes.empty() && explained.exceptions.empty() &&
              explained.responses.empty());
}

TEST(PolicyExceptions, AreReadWithTheirPlace) {
  const Policy policy = policy_of(
      "exceptions:\n"
      "  - id: log4j-test\n"
      "    threat: [CVE-2021-44228, \"CVE-2021-45*\"]\n"
      "    package: log4j-core\n"
      "    scope: {label: env=test}\n"
      "    owner: Jane Doe\n"
      "    reason: isolated until it is switched off\n"
      "    expires: 2027-03-31\n"
      "scoped:\n"
      "  - scope: {name: db}\n"
      "    exceptions: [{threat: host.ssh.*, owner: me, reason: why, expires: 2027-03-31T12:00:00Z}]\n");
  ASSERT_EQ(policy.exceptions.size(), 3u);
  const Exception& first = policy.exceptions[0];
  EXPECT_EQ(first.id, "policy:log4j-test");
  EXPECT_EQ(first.threat.value, "CVE-2021-44228");
  EXPECT_EQ(policy.exceptions[1].threat.value, "CVE-2021-45*");
  EXPECT_EQ(first.package, "log4j-core");
  EXPECT_EQ(first.on.labels, std::vector<std::string>{"env=test"});
  EXPECT_EQ(format_rfc3339(first.expires_at), "2027-03-31T23:59:59Z");
  EXPECT_EQ(first.created_by, "mine.yaml:3");
  EXPECT_EQ(policy.exceptions[2].on.names, std::vector<std::string>{"db"});
  EXPECT_EQ(policy.exceptions[2].id, "policy:mine.yaml:12");
}

TEST(PolicyExceptions, AreRefusedWithoutOwnerReasonOrEnd) {
  const std::string faults = faults_of(
      "exceptions:\n"
      "  - {threat: CVE-1}\n"
      "  - {threat: \"*\", owner: a, reason: \"\", expires: soon}\n");
  for (const char* part :
       {"mine.yaml:3:5: an exception lacks \"owner\"; add it", "mine.yaml:3:5: an exception lacks \"reason\"",
        "mine.yaml:3:5: an exception lacks \"expires\"", "* alone would except every threat",
        "reason must be a text of 1 to 1000", "expires is a day or a moment"})
    EXPECT_TRUE(has(faults, part)) << part << "\n" << faults;
  EXPECT_TRUE(has(faults_of("scoped: [{scope: {name: a}, exceptions: [{threat: b, owner: a, reason: b, expires: "
                            "2027-01-01, scope: {name: c}}]}]\n"),
                  "has the scope of the entry it stands in"));
}

}  // namespace
}  // namespace plimsoll::policy
