#include "benchmark/evaluate.h"

#include <gtest/gtest.h>

#include "benchmark/pass_rates.h"
#include "benchmark/yaml_for_tests.h"

namespace plimsoll::benchmark {
namespace {

constexpr const char* kRules = R"(
schema: plimsoll.rules/1
section: Host
subject: host
rules:
  - {id: host.a, title: A is one, why: W, severity: high, remedy: Set a., pass: {fact: a, equals: 1},
     references: [https://example.test/a]}
  - {id: host.b, title: B, why: W, severity: low, remedy: R, applies: {fact: b, exists: true}, pass: {fact: b, equals: 1}}
  - {id: host.m, title: M, manual: Look at it., evidence: [a]}
)";
constexpr const char* kRuntimeRules = R"(
schema: plimsoll.rules/1
section: Runtime
subject: runtime
rules:
  - {id: docker.icc, title: icc, why: W, severity: medium, remedy: R, pass: {fact: icc, equals: false}}
)";
constexpr const char* kContainerRules = R"(
schema: plimsoll.rules/1
section: Containers
subject: container
rules:
  - id: container.limit
    title: Limited
    why: W
    severity: [{level: critical, when: {fact: privileged, equals: true}}, {level: low}]
    remedy: R
    pass: {fact: limit, greater_than: 0}
  - {id: container.host, title: sees host, why: W, severity: low, remedy: R,
     pass: {all: [{fact: "host:a", equals: 1}, {fact: "runtime:icc", equals: false}, {fact: "runtimes:[0].icc", exists: true}]}}
)";
constexpr const char* kMap = R"(
schema: plimsoll.map/1
benchmark: CIS Example
edition: "1.0"
controls:
  - {id: "1", level: "1", rules: [host.a]}
  - {id: "2", rules: [host.b]}
  - {id: "3", rules: [], why_none: policy}
  - {id: "4", rules: [container.limit, container.host]}
  - {id: "5", rules: [docker.icc], scored: false}
)";

RuleSet rules() {
  auto loaded = load_rules({{"h", kRules}, {"r", kRuntimeRules}, {"c", kContainerRules}, {"m", kMap}});
  EXPECT_TRUE(loaded.ok()) << loaded.error().message;
  return loaded.ok() ? std::move(*loaded) : RuleSet{};
}

AssetReport host(const std::string& settings) {
  AssetReport asset;
  asset.asset.id = {"host:1"};
  asset.asset.kind = AssetKind::host;
  asset.asset.name = asset.asset.node = "n1";
  asset.host.emplace();
  asset.settings = facts(settings);
  return asset;
}

AssetReport container(const std::string& name, const std::string& settings) {
  AssetReport asset;
  asset.asset.id = {"docker:" + name};
  asset.asset.kind = AssetKind::container;
  asset.asset.name = name;
  asset.asset.node = "n1";
  asset.container.emplace();
  asset.container->runtime = "docker";
  asset.settings = facts(settings);
  return asset;
}

const CheckResult* row(const AssetReport& asset, const std::string& id) {
  for (const CheckResult& one : asset.checks) {
    if (one.rule == id) return &one;
  }
  return nullptr;
}

Report world() {
  Report report;
  report.assets = {host("{host: {a: 2}, runtimes: [{name: docker, icc: false}, {name: podman, icc: true}]}"),
                   container("web", "{container: {limit: 0, privileged: true}}"),
                   container("db", "{container: {limit: !unknown denied, privileged: false}}"), container("bare", "~")};
  return report;
}

TEST(Evaluate, GivesEveryAssetItsRows) {
  Report report = world();
  evaluate(report, rules());
  const AssetReport& host = report.assets[0];
  ASSERT_EQ(host.checks.size(), 5U);
  EXPECT_EQ(row(host, "host.a")->outcome, CheckOutcome::fail);
  EXPECT_EQ(row(host, "host.a")->evidence, "a = 2 (fixture)");
  EXPECT_EQ(row(host, "host.a")->subject, "host");
  EXPECT_EQ(row(host, "host.a")->controls, (std::vector<ControlRef>{{"CIS Example", "1.0", "1", "1", true}}));
  EXPECT_EQ(row(host, "host.b")->outcome, CheckOutcome::not_applicable);
  EXPECT_EQ(row(host, "host.m")->outcome, CheckOutcome::manual);
  EXPECT_EQ(row(host, "host.m")->reason, "Look at it.");
  EXPECT_EQ(row(host, "host.m")->evidence, "a = 2 (fixture)");
  EXPECT_EQ(host.checks[3].subject, "docker");
  EXPECT_EQ(host.checks[3].outcome, CheckOutcome::pass);
  EXPECT_EQ(host.checks[4].subject, "podman");
  EXPECT_EQ(host.checks[4].outcome, CheckOutcome::fail);
  const AssetReport& web = report.assets[1];
  EXPECT_EQ(row(web, "container.limit")->outcome, CheckOutcome::fail);
  EXPECT_EQ(row(web, "container.limit")->severity, SeverityLevel::critical);
  EXPECT_EQ(row(web, "container.host")->outcome, CheckOutcome::fail);
  EXPECT_EQ(row(web, "container.host")->evidence, "host:a = 2 (fixture)");
  const AssetReport& db = report.assets[2];
  EXPECT_EQ(row(db, "container.limit")->outcome, CheckOutcome::unknown);
  EXPECT_EQ(row(db, "container.limit")->reason, "limit: denied (fixture)");
  EXPECT_TRUE(report.assets[3].checks.empty());
}

TEST(Evaluate, WithoutAHostItsFactsAreUnknown) {
  Report report = world();
  report.assets.erase(report.assets.begin());
  evaluate(report, rules());
  EXPECT_EQ(row(report.assets[0], "container.host")->outcome, CheckOutcome::unknown);
  EXPECT_NE(row(report.assets[0], "container.host")->reason.find("the host was not probed"), std::string::npos);
}

TEST(Evaluate, AnUnreadableTreeIsUnknownThroughout) {
  Report report;
  report.assets = {host("{host: !unknown no right, runtimes: !unknown the socket hangs}")};
  evaluate(report, rules());
  ASSERT_EQ(report.assets[0].checks.size(), 4U);
  for (const CheckResult& one : report.assets[0].checks) {
    EXPECT_EQ(one.outcome, one.rule == "host.m" ? CheckOutcome::manual : CheckOutcome::unknown) << one.rule;
  }
  EXPECT_EQ(row(report.assets[0], "docker.icc")->reason.find("icc: the socket hangs"), 0U);
}

TEST(Threats, AreTheFailuresAlone) {
  Report report = world();
  const RuleSet set = rules();
  evaluate(report, set);
  ScoringPolicy policy;
  policy.check_high = 7.25;
  const auto threats = threats_of(report.assets[0].checks, set, policy);
  ASSERT_EQ(threats.size(), 2U);
  EXPECT_EQ(threats[0].id.value, "host.a");
  EXPECT_EQ(threats[0].kind, ThreatKind::benchmark);
  EXPECT_EQ(threats[0].severity.score, 7.25);
  EXPECT_EQ(threats[0].severity.level, SeverityLevel::high);
  EXPECT_EQ(threats[0].evidence, "host: a = 2 (fixture)");
  EXPECT_EQ(threats[0].remedy, "Set a.");
  EXPECT_EQ(threats[0].references, (std::vector<std::string>{"https://example.test/a"}));
  EXPECT_TRUE(threats_of(report.assets[2].checks, set, policy).size() == 1);  // container.host; the unknown is none
}

TEST(PassRates, UnknownIsNoPass) {
  Report report = world();
  const RuleSet set = rules();
  evaluate(report, set);
  auto rates = pass_rates(report, set.maps);
  ASSERT_EQ(rates.size(), 1U);
  // 1 fails, 2 does not apply, 3 has no rule, 4 and 5 fail.
  EXPECT_EQ(rates[0].controls, (OutcomeCounts{0, 3, 1, 1, 0}));
  EXPECT_EQ(rates[0].rate, 0);
  report.assets = {host("{host: {a: 1, b: !unknown x}, runtimes: []}")};
  evaluate(report, set);
  rates = pass_rates(report, set.maps);
  EXPECT_EQ(rates[0].controls, (OutcomeCounts{1, 0, 2, 1, 1}));
  EXPECT_DOUBLE_EQ(rates[0].rate, 0.5);
  EXPECT_TRUE(pass_rates(report, {}).empty());
}

TEST(PassRates, ABenchmarkThatJudgedNothingIsNotAbout) {
  Report report = world();
  const RuleSet set = rules();
  evaluate(report, set);
  EXPECT_EQ(applicable_maps(report, set.maps).size(), 1U);
  report.assets.resize(1);
  report.assets[0] = {};
  report.assets[0].asset.kind = AssetKind::image;  // a file tree, of which no setting is known
  evaluate(report, set);
  EXPECT_TRUE(applicable_maps(report, set.maps).empty());
}

}  // namespace
}  // namespace plimsoll::benchmark
