#include "assess/attack_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace plimsoll::assess {
namespace {

TEST(AttackGraph, TheStrongestStartWins) {
  // 0 -0.5-> 2, 1 -0.4-> 2; own 0.2, 0.9: 0.36 beats 0.1.
  AttackGraph graph(3, {{0, 2, 0.5, "a"}, {1, 2, 0.4, "b"}}, {});
  const auto paths = graph.inherited({0.2, 0.9, 0.0}, false);
  EXPECT_DOUBLE_EQ(paths[2].level, 0.36);
  ASSERT_EQ(paths[2].steps.size(), 2U);
  EXPECT_EQ(paths[2].steps[0].node, 1);
  EXPECT_EQ(paths[2].steps[1].why, "b");
  EXPECT_EQ(paths[0].level, 0);
}

TEST(AttackGraph, NothingComesBackToWhereItBegan) {
  // 0 <-> 1 with certainty; only 0 has a level: it inherits nothing, though its label dominates at 1.
  AttackGraph graph(2, {{0, 1, 1.0, ""}, {1, 0, 1.0, ""}}, {});
  const auto paths = graph.inherited({0.8, 0.0}, false);
  EXPECT_EQ(paths[0].level, 0);
  EXPECT_DOUBLE_EQ(paths[1].level, 0.8);
}

TEST(AttackGraph, TheSecondSourceIsKeptForTheFirst) {
  // 0 (0.9) and 1 (0.5) lead to 2, 2 leads to 0: 0 inherits from 1 through 2.
  AttackGraph graph(3, {{0, 2, 1.0, ""}, {1, 2, 1.0, ""}, {2, 0, 0.5, ""}}, {});
  const auto paths = graph.inherited({0.9, 0.5, 0.0}, false);
  EXPECT_DOUBLE_EQ(paths[0].level, 0.25);
  ASSERT_EQ(paths[0].steps.size(), 3U);
  EXPECT_EQ(paths[0].steps[0].node, 1);
}

TEST(AttackGraph, TheBareStepFromOutsideIsNotInheritedButLongerPathsAre) {
  // outside -> 0 (1.0), outside -> 1 (0.5), 0 -0.2-> 1.
  AttackGraph graph(2, {{0, 1, 0.2, "e"}}, {{1.0, "seen"}, {0.5, "published"}});
  auto paths = graph.inherited({0, 0}, false);
  EXPECT_EQ(paths[0].level, 0);
  EXPECT_DOUBLE_EQ(paths[1].level, 0.2);
  ASSERT_EQ(paths[1].steps.size(), 3U);
  EXPECT_EQ(paths[1].steps[0].node, -1);
  paths = graph.inherited({0, 0}, true);
  EXPECT_DOUBLE_EQ(paths[0].level, 1.0);
  EXPECT_DOUBLE_EQ(paths[1].level, 0.5);
}

// Every simple path, by trying them all.
double best_by_force(int n, const std::vector<AttackEdge>& edges, const std::vector<OutsideEdge>& outside,
                     const std::vector<double>& own, int target) {
  double best = 0;
  std::vector<bool> used(static_cast<size_t>(n), false);
  const auto walk = [&](auto&& self, int node, double level) -> void {
    if (node == target) {
      best = std::max(best, level);
      return;
    }
    used[static_cast<size_t>(node)] = true;
    for (const AttackEdge& edge : edges) {
      if (edge.from == node && !used[static_cast<size_t>(edge.to)]) self(self, edge.to, level * edge.probability);
    }
    used[static_cast<size_t>(node)] = false;
  };
  for (int start = 0; start < n; ++start) {
    if (start == target) continue;
    walk(walk, start, own[static_cast<size_t>(start)]);
    walk(walk, start, outside[static_cast<size_t>(start)].probability);
  }
  return best;
}

TEST(AttackGraph, AgreesWithTryingEveryPath) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> chance(0, 1);
  for (int round = 0; round < 300; ++round) {
    const int n = 2 + static_cast<int>(random() % 6);
    std::vector<AttackEdge> edges;
    std::vector<OutsideEdge> outside(static_cast<size_t>(n));
    std::vector<double> own;
    for (int i = 0; i < n; ++i) {
      own.push_back(random() % 3 == 0 ? 0.0 : chance(random));
      if (random() % 3 == 0) outside[static_cast<size_t>(i)] = {chance(random), "o"};
      for (int j = 0; j < n; ++j) {
        if (i != j && random() % 2 == 0) edges.push_back({i, j, random() % 5 == 0 ? 1.0 : chance(random), "e"});
      }
    }
    const AttackGraph graph(n, edges, outside);
    const auto paths = graph.inherited(own, false);
    const auto levels = graph.inherited_levels(own, false);
    for (int i = 0; i < n; ++i) {
      const auto& path = paths[static_cast<size_t>(i)];
      EXPECT_NEAR(path.level, best_by_force(n, edges, outside, own, i), 1e-12);
      EXPECT_EQ(path.level, levels[static_cast<size_t>(i)]);
      if (path.steps.empty()) continue;
      EXPECT_EQ(path.steps.back().node, i);
      double product = path.steps[0].node < 0 ? 1.0 : own[static_cast<size_t>(path.steps[0].node)];
      for (const PathNode& step : path.steps) product *= step.edge;
      EXPECT_NEAR(product, path.level, 1e-12);
    }
  }
}

}  // namespace
}  // namespace plimsoll::assess
