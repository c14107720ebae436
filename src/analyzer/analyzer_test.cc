#include "analyzer/analyzer.h"

#include <gtest/gtest.h>

#include "analyzer/flows.h"

namespace plimsoll::analyzer {
namespace {

TEST(Target, TakesTheFormsOfTheManual) {
  EXPECT_EQ(parse_target("container:web")->value, "web");
  EXPECT_EQ(parse_target("image:a/b:1")->value, "a/b:1");
  EXPECT_EQ(parse_target("host")->kind, Target::Kind::host);
  EXPECT_FALSE(parse_target("container:").ok());
  EXPECT_FALSE(parse_target("host:x").ok());
  EXPECT_FALSE(parse_target("nonsense").ok());
}

AssetReport container(const std::string& name, const std::string& address, std::vector<Listener> listeners) {
  AssetReport asset;
  asset.asset.id = {"docker:" + name};
  asset.asset.kind = AssetKind::container;
  asset.asset.name = name;
  asset.container.emplace();
  asset.container->networks = Fact<std::vector<NetworkAttachment>>::of({{"net1", "front", address, "", true}});
  asset.container->listeners = Fact<std::vector<Listener>>::of(std::move(listeners));
  return asset;
}

const Flow* find(const Report& report, const std::string& from, const std::string& to, uint16_t port) {
  for (const Flow& flow : report.flows) {
    if (flow.from.asset.value == from && flow.to.asset.value == to && flow.to.port == port) return &flow;
  }
  return nullptr;
}

TEST(Flows, BothEndsOfAConnectionAreOneFlow) {
  Report report;
  report.assets = {container("web", "172.18.0.2", {}),
                   container("redis", "172.18.0.3", {{Transport::tcp, "0.0.0.0", 6379, 1, false}})};
  const std::vector<probe::Connection> connections = {
      {{"docker:web"}, Transport::tcp, "172.18.0.2", "172.18.0.3", 40000, 6379, false},
      {{"docker:redis"}, Transport::tcp, "::ffff:172.18.0.3", "::ffff:172.18.0.2", 6379, 40000, true},
  };
  add_flows(report, connections, std::nullopt, {}, Instant{});
  ASSERT_EQ(report.flows.size(), 1u);
  const Flow* flow = find(report, "docker:web", "docker:redis", 6379);
  ASSERT_NE(flow, nullptr);
  EXPECT_TRUE(flow->seen);
  EXPECT_EQ(flow->connections, 1u);
  EXPECT_EQ(flow->application, "Redis");
}

TEST(Flows, AListenerOnASharedNetworkIsPermitted) {
  Report report;
  report.assets = {container("a", "172.18.0.2", {}),
                   container("b", "172.18.0.3",
                             {{Transport::tcp, "0.0.0.0", 80, 1, false}, {Transport::tcp, "127.0.0.1", 81, 1, true}})};
  add_flows(report, {}, std::nullopt, {}, Instant{});
  ASSERT_EQ(report.flows.size(), 1u);
  EXPECT_FALSE(report.flows[0].seen);
  EXPECT_EQ(report.flows[0].to.port, 80);
}

TEST(Flows, WhatWasWatchedStandsBeforeTheSockets) {
  Report report;
  report.assets = {container("web", "172.18.0.2", {}),
                   container("redis", "172.18.0.3", {{Transport::tcp, "0.0.0.0", 6379, 1, false}})};
  probe::SeenFlow seen;
  seen.record.key = {Transport::tcp, {*parse_address("172.18.0.2"), 40000}, {*parse_address("172.18.0.3"), 6379}};
  seen.record.application = "Valkey";
  seen.record.state = network::FlowState::refused;
  seen.client = {"docker:web"};
  seen.server = {"docker:redis"};
  seen.connections = 3;
  probe::Observation watched;
  watched.ended = watched.began + std::chrono::seconds(5);
  watched.flows = {seen};
  watched.sources = {{"eBPF", false, "not permitted"}};
  watched.not_assessed = {{"packets", "lost", ""}};
  probe::SeenFinding scan;
  scan.finding.detector = "net.scan.ports";
  scan.finding.outcome = network::Finding::Outcome::confirmed;
  scan.target = {"docker:redis"};
  watched.findings = {scan};
  const std::vector<probe::Connection> sockets = {
      {{"docker:web"}, Transport::tcp, "172.18.0.2", "172.18.0.3", 40001, 6379, false}};
  add_flows(report, sockets, watched, {}, Instant{});
  ASSERT_EQ(report.flows.size(), 1u);
  EXPECT_EQ(report.flows[0].application, "Valkey");
  EXPECT_TRUE(report.flows[0].application_seen);
  EXPECT_EQ(report.flows[0].connections, 3u);
  EXPECT_EQ(report.flows[0].refused, 3u);
  EXPECT_EQ(report.network.observed_ms, 5000u);
  EXPECT_EQ(report.network.sources[0].why_not, "not permitted");
  ASSERT_EQ(report.network.events.size(), 1u);
  EXPECT_EQ(report.network.events[0].outcome, EventOutcome::confirmed);
  EXPECT_EQ(report.network.events[0].target.asset.value, "docker:redis");
  EXPECT_EQ(report.incomplete.size(), 1u);
}

TEST(Flows, TheOutsideIsSeenAndPossible) {
  Report report;
  report.assets = {container("web", "172.18.0.2", {{Transport::tcp, "0.0.0.0", 80, 1, false}})};
  report.assets[0].container->published = Fact<std::vector<PublishedPort>>::of(
      {{Transport::tcp, "0.0.0.0", 8080, 80, true}, {Transport::tcp, "127.0.0.1", 8081, 81, false}});
  add_flows(report, {{{"docker:web"}, Transport::tcp, "172.18.0.2", "203.0.113.9", 80, 5555, true}}, std::nullopt, {},
            Instant{});
  ASSERT_EQ(report.flows.size(), 2u);
  int seen = 0;
  for (const Flow& flow : report.flows) {
    EXPECT_TRUE(flow.from.wan);
    EXPECT_EQ(flow.to.port, 80);
    seen += flow.seen ? 1 : 0;
  }
  EXPECT_EQ(seen, 1);
}

}  // namespace
}  // namespace plimsoll::analyzer
