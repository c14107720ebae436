#include "assess/network_threats.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "assess/assess.h"

namespace plimsoll::assess {
namespace {

AssetReport asset(const std::string& name, AssetKind kind = AssetKind::container) {
  AssetReport out;
  out.asset.id = {name};
  out.asset.kind = kind;
  out.asset.name = name;
  if (kind == AssetKind::host) out.host.emplace();
  return out;
}

NetworkEvent event(const std::string& detector, FlowEnd source, FlowEnd target) {
  NetworkEvent out;
  out.detector = detector;
  out.severity = SeverityLevel::high;
  out.technique = "T1552.005";
  out.title = "Something";
  out.evidence = "it happened";
  out.source = std::move(source);
  out.target = std::move(target);
  out.count = 2;
  return out;
}

const FlowEnd kOutside{{}, "203.0.113.7", 0, true}, kInside{{"app"}, "10.0.0.3", 0, false},
    kRedis{{"redis"}, "10.0.0.2", 6379, false};

Report world(std::vector<NetworkEvent> events) {
  Report report;
  report.assets = {asset("redis"), asset("app"), asset("node", AssetKind::host)};
  report.network.events = std::move(events);
  return report;
}

const Threat* threat_on(const Report& report, const std::string& name) {
  for (const AssetReport& each : report.assets) {
    if (each.asset.name != name || each.threats.empty()) continue;
    return &each.threats.back();
  }
  return nullptr;
}

TEST(NetworkThreats, AreToldOfTheAssetTheyConcern) {
  Report report = world({event("net.scan.ports", kOutside, kRedis)});
  add_network_threats(report);
  const Threat* threat = threat_on(report, "redis");
  ASSERT_NE(threat, nullptr);
  EXPECT_EQ(threat->kind, ThreatKind::network);
  EXPECT_EQ(threat->id.value, "net.scan.ports");
  EXPECT_EQ(threat->evidence, "it happened: from 203.0.113.7 to redis port 6379, 2 times, attempt");
  EXPECT_EQ(threat->references, std::vector<std::string>{"https://attack.mitre.org/techniques/T1552/005/"});
  EXPECT_FALSE(threat->remedy.empty());
}

TEST(NetworkThreats, WhoAttacksOthersIsToldOfIt) {
  Report report = world({event("net.scan.ports", kInside, kOutside)});
  add_network_threats(report);
  EXPECT_NE(threat_on(report, "app"), nullptr);
}

TEST(NetworkThreats, WhatIsAFaultFromOutsideOnly) {
  NetworkEvent outside = event("net.expose.redis", kOutside, kRedis),
               inside = event("net.expose.redis", kInside, kRedis);
  outside.from_outside_only = inside.from_outside_only = true;
  Report silent = world({inside}), told = world({outside});
  add_network_threats(silent);
  add_network_threats(told);
  EXPECT_EQ(threat_on(silent, "redis"), nullptr);
  EXPECT_NE(threat_on(told, "redis"), nullptr);
}

TEST(NetworkThreats, TheHostsOwnAgentsMayAskForMetadata) {
  NetworkEvent by_container = event("net.cloud.metadata", kInside, kOutside);
  NetworkEvent by_host = event("net.cloud.metadata", {{"node"}, "192.0.2.1", 0, false}, kOutside);
  by_container.on_source = by_host.on_source = true;
  Report report = world({by_container, by_host});
  add_network_threats(report);
  EXPECT_NE(threat_on(report, "app"), nullptr);
  EXPECT_EQ(threat_on(report, "node"), nullptr);
}

TEST(NetworkThreats, AnAttackOnAKnownFlawIsCriticalAndMakesItCertain) {
  Threat flaw;
  flaw.id = {"CVE-2021-44228"};
  flaw.severity = {SeverityLevel::high, 7.0, "", "test"};
  flaw.package.emplace();
  flaw.package->name = "log4j-core";
  flaw.package->version = "2.14.1";
  NetworkEvent attack = event("net.http.log4shell", kOutside, kRedis);
  attack.cves = {"CVE-2021-44228"};
  Report affected = world({attack}), unknown = world({attack});
  affected.assets[0].threats = {flaw};
  add_network_threats(affected);
  add_network_threats(unknown);
  EXPECT_EQ(threat_on(affected, "redis")->severity.level, SeverityLevel::critical);
  EXPECT_NE(threat_on(affected, "redis")->evidence.find("the asset has CVE-2021-44228 in log4j-core 2.14.1"),
            std::string::npos);
  EXPECT_EQ(threat_on(unknown, "redis")->severity.level, SeverityLevel::high);
  EXPECT_NE(threat_on(unknown, "redis")->evidence.find("is not known"), std::string::npos);

  assess(affected, {});
  const auto redis = std::find_if(affected.assets.begin(), affected.assets.end(),
                                  [](const AssetReport& a) { return a.asset.name == "redis"; });
  const auto package = std::find_if(redis->assessment.contributions.begin(), redis->assessment.contributions.end(),
                                    [](const Contribution& c) { return c.worst.value == "CVE-2021-44228"; });
  ASSERT_NE(package, redis->assessment.contributions.end());
  EXPECT_EQ(package->likelihood, 1.0);
}

int points_of(const AssetReport& report) {
  for (const FixedAddition& addition : report.assessment.additions) {
    if (addition.name == "behaves abnormally on the network") return addition.points;
  }
  return 0;
}

TEST(Behaviour, CountsByItsWeightOnceItIsLearned) {
  Report report = world({});
  report.assets.resize(1);
  report.network.behaviour = {{{"redis"}, "redis", 1.0, 0.7, {"reaches a new outside destination, evil.example"}}};
  add_network_threats(report);
  assess(report, {});
  EXPECT_EQ(points_of(report.assets[0]), 11);                     // round(15 * 0.7)
  EXPECT_NEAR(report.assets[0].assessment.own_threats, 0, 1e-9);  // the addition alone counts
  EXPECT_NE(report.assets[0].assessment.additions[0].evidence.find("evil.example"), std::string::npos);
}

TEST(Behaviour, WhileItIsLearnedItIsNotAssessed) {
  Report report = world({});
  report.assets.resize(1);
  report.network.behaviour = {{{"redis"}, "redis", 0.62, 0, {}}};
  add_network_threats(report);
  EXPECT_TRUE(report.assets[0].threats.empty());
  ASSERT_EQ(report.assets[0].assessment.not_assessed.size(), 1u);
  EXPECT_EQ(report.assets[0].assessment.not_assessed[0].reason, "learned to 62 %");
}

TEST(Behaviour, AnEventCountsInFullAndALowOneNotAtAll) {
  NetworkEvent low = event("net.http.log4shell", kOutside, kRedis);
  low.severity = SeverityLevel::low;
  Report high = world({event("net.scan.ports", kOutside, kRedis)}), quiet = world({low});
  high.assets.resize(1);
  quiet.assets.resize(1);
  for (Report* report : {&high, &quiet}) {
    add_network_threats(*report);
    assess(*report, {});
  }
  EXPECT_EQ(points_of(high.assets[0]), 15);
  EXPECT_EQ(points_of(quiet.assets[0]), 0);
}

TEST(Outside, IsMarkedByThePolicy) {
  Report report;
  Flow flow;
  flow.from.address = "203.0.113.7";
  flow.to.address = "10.0.0.2";
  Flow published;
  published.from.wan = true;  // anywhere outside
  report.flows = {flow, published};
  mark_outside(report, {});
  EXPECT_TRUE(report.flows[0].from.wan);
  EXPECT_FALSE(report.flows[0].to.wan);
  EXPECT_TRUE(report.flows[1].from.wan);
  WanPolicy other;
  other.inside.push_back(*parse_prefix("203.0.113.0/24"));
  other.outside.push_back(*parse_prefix("10.0.0.0/24"));
  mark_outside(report, other);
  EXPECT_FALSE(report.flows[0].from.wan);
  EXPECT_TRUE(report.flows[0].to.wan);
}

TEST(WanFacts, AreThree) {
  Report report;
  report.assets = {asset("front"), asset("db"), asset("idle")};
  Flow in, out, published;
  in.from = published.from = {{}, "203.0.113.9", 0, true};
  in.to = {{"front"}, "10.0.0.2", 80, false};
  published.to = {{"db"}, "", 5432, false};
  published.seen = false;
  out.from = {{"front"}, "10.0.0.2", 0, false};
  out.to = {{}, "198.51.100.1", 443, true};
  report.flows = {in, out, published};
  assess(report, {});
  const auto wan_of = [&](const std::string& name) {
    return std::find_if(report.assets.begin(), report.assets.end(),
                        [&](const AssetReport& a) { return a.asset.name == name; })
        ->assessment.wan;
  };
  EXPECT_TRUE(wan_of("front").takes_connections.seen);
  EXPECT_TRUE(wan_of("front").reaches_out.seen);
  EXPECT_FALSE(wan_of("front").can_take_connections.holds);
  EXPECT_TRUE(wan_of("db").can_take_connections.holds);
  EXPECT_FALSE(wan_of("db").takes_connections.holds);
  EXPECT_EQ(wan_of("idle"), WanFacts());
}

}  // namespace
}  // namespace plimsoll::assess
