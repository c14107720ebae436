#include "report/graph.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/test_report.h"

namespace plimsoll::report {
namespace {

AssetReport container(const std::string& name, const std::string& image, int score) {
  AssetReport out;
  out.asset = {{"docker:" + name}, AssetKind::container, name, "node1", image, "", "running", {}};
  out.assessment.score = score;
  out.assessment.level = score >= 70 ? ThreatLevel::high : ThreatLevel::medium;
  return out;
}

Flow flow(const std::string& from, const std::string& to, uint16_t port, const std::string& application) {
  Flow out;
  const auto end = [](const std::string& name) {
    return name == "internet" ? FlowEnd{{}, "203.0.113.9", 0, true} : FlowEnd{{"docker:" + name}, "10.0.0.1", 0, false};
  };
  out.from = end(from);
  out.to = end(to);
  out.to.port = port;
  out.application = application;
  out.connections = 2;
  out.bytes = 1500;
  return out;
}

// FIG. 2C: the outside, a front, three replicas, and what they keep their data in.
Report shop() {
  Report report;
  report.assets = {container("shop-nginx", "nginx:1", 80), container("shop-redis", "redis:7", 45)};
  report.flows = {flow("internet", "shop-nginx", 80, "HTTP")};
  for (const std::string node : {"shop-node1", "shop-node2", "shop-node3"}) {
    report.assets.push_back(container(node, "node:20", node == "shop-node2" ? 70 : 60));
    report.flows.push_back(flow("shop-nginx", node, 8080, "HTTP"));
    report.flows.push_back(flow(node, "shop-redis", 6379, "Redis"));
  }
  report.flows.push_back(flow("shop-redis", "shop-nginx", 9, ""));
  report.flows.back().seen = false;
  return report;
}

TEST(Graph, ReplicasAreOneNode) {
  const Graph graph = graph_of(shop(), false);
  EXPECT_EQ(graph_chains(graph, 5), std::vector<std::string>{"internet -> shop-nginx -> shop-node x3 -> shop-redis"});
  ASSERT_EQ(graph.nodes.size(), 4u);
  const GraphNode& node = graph.nodes[2];
  EXPECT_EQ(node.members, (std::vector<std::string>{"shop-node1", "shop-node2", "shop-node3"}));
  EXPECT_EQ(node.score, 70);  // the worst of them
  EXPECT_EQ(graph.edges[1].protocols, std::vector<std::string>{"HTTP"});
  EXPECT_EQ(graph.edges[1].connections, 6u);
}

TEST(Graph, OneThatTalksToSomebodyElseStandsApart) {
  Report report = shop();
  report.flows.push_back(flow("shop-node2", "internet", 443, "TLS"));
  const auto chains = graph_chains(graph_of(report, false), 9);
  EXPECT_NE(std::find(chains.begin(), chains.end(), "internet -> shop-nginx -> shop-node x2 -> shop-redis"),
            chains.end());
  EXPECT_NE(std::find(chains.begin(), chains.end(), "internet -> shop-nginx -> shop-node2 -> shop-redis"),
            chains.end());
}

TEST(Graph, OwnAssetsOverOutsideAddressesPassTheOutside) {
  Report report;
  report.assets = {container("visitor", "a", 10), container("front", "b", 20)};
  Flow visit = flow("visitor", "front", 80, "HTTP");
  visit.from.wan = visit.to.wan = true;
  report.flows = {visit};
  const auto chains = graph_chains(graph_of(report, false), 9);
  EXPECT_EQ(chains, (std::vector<std::string>{"visitor -> internet -> front", "internet -> front"}));
}

TEST(Graph, WhatIsOnlyPermittedIsDrawnWhenAskedFor) {
  EXPECT_EQ(graph_of(shop(), false).edges.size(), 3u);
  const Graph graph = graph_of(shop(), true);
  ASSERT_EQ(graph.edges.size(), 4u);
  EXPECT_FALSE(graph.edges[3].seen);
  EXPECT_EQ(graph.edges[3].protocols, std::vector<std::string>{"tcp 9"});
}

TEST(Graph, ForeignTextIsHarmlessInEveryForm) {
  Report report = shop();
  report.assets[0].asset.name = "evil\"\n\x1b[31m\\";
  for (const std::string& text : {graph_tree(graph_of(report, true), {}), graph_dot(graph_of(report, true))}) {
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find("evil\"\n"), std::string::npos);
  }
  EXPECT_TRUE(nlohmann::json::accept(graph_json(graph_of(report, true))));
}

TEST(Graph, ManyThatAllTalkToAllAreStillDrawn) {
  Report report;
  for (int i = 0; i < 40; ++i) report.assets.push_back(container("c" + std::to_string(i), "i" + std::to_string(i), 1));
  for (int i = 0; i < 40; ++i) {
    for (int j = 0; j < 40; ++j) {
      if (i != j) report.flows.push_back(flow("c" + std::to_string(i), "c" + std::to_string(j), 1, "X"));
    }
  }
  report.flows.push_back(flow("internet", "c0", 1, "X"));
  EXPECT_EQ(graph_chains(graph_of(report, false), 3).size(), 3u);
  EXPECT_FALSE(graph_tree(graph_of(report, false), {}).empty());
}

TEST(GraphGolden, Forms) {
  const Graph graph = graph_of(shop(), true);
  expect_golden("graph.txt", graph_tree(graph, {}));
  expect_golden("graph.dot", graph_dot(graph));
  expect_golden("graph.json", graph_json(graph));
}

}  // namespace
}  // namespace plimsoll::report
