#pragma once
#include <string>
#include <vector>

namespace plimsoll::assess {

// Assets as nodes, and the probabilities with which a compromise travels. Nodes are small numbers.
struct AttackEdge {
  int from = 0, to = 0;
  double probability = 0;
  std::string why;
};

struct OutsideEdge {
  double probability = 0;  // 0: the outside does not reach this node
  std::string why;
};

// One step of a path: the node (-1: the outside) and the edge that entered it.
struct PathNode {
  int node = 0;
  double edge = 1;
  std::string why;
};

struct StrongestPath {
  double level = 0;
  std::vector<PathNode> steps;  // start first; empty when the level is 0
};

class AttackGraph {
 public:
  AttackGraph(int nodes, std::vector<AttackEdge> edges, std::vector<OutsideEdge> outside);

  // The probability of an edge, for "what if". `edge` is the place in the list given to the constructor.
  void set_probability(size_t edge, double probability) { edges_[edge].probability = probability; }
  void set_outside(int node, double probability) { outside_[static_cast<size_t>(node)].probability = probability; }
  const std::vector<AttackEdge>& edges() const { return edges_; }
  const std::vector<OutsideEdge>& outside() const { return outside_; }

  // For every node the strongest path from any other start: product of the start's own level and the edges. The outside
  // is a start of level 1; its bare edge to a node is no path of that node unless `direct`, but longer paths through it
  // are. Deterministic. O(E log E).
  std::vector<StrongestPath> inherited(const std::vector<double>& own, bool direct) const;
  // The same levels without the paths.
  std::vector<double> inherited_levels(const std::vector<double>& own, bool direct) const;

 private:
  struct Label {
    double level = 0;
    int source = -1;       // node where the path entered the assets
    bool outside = false;  // it came from the outside there
    int previous = -1, previous_slot = -1, edge = -1, hops = 0;
  };
  // The best two labels of distinct sources at each node.
  struct Slots {
    Label label[2];
    int count = 0;
  };
  std::vector<Slots> settle(const std::vector<double>& own) const;
  // The label node `node` inherits; null when none.
  const Label* chosen(const Slots& slots, int node) const;
  StrongestPath path_of(const std::vector<Slots>& slots, const Label& label, int node) const;

  std::vector<AttackEdge> edges_;
  std::vector<OutsideEdge> outside_;
  std::vector<std::vector<int>> leaving_;  // edges by start
};

}  // namespace plimsoll::assess
