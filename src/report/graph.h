#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "model/report.h"
#include "report/render.h"

namespace plimsoll::report {

// Who talks to whom, drawn: assets (replicas as one), the outside, other machines inside; arrows from who opens the
// connections. FIG. 2C.
struct GraphNode {
  enum class Kind { internet, machine, asset } kind = Kind::asset;
  std::string name;                  // "internet", "10.0.0.9", "web", "shop-node" of shop-node1 to shop-node3
  std::vector<std::string> members;  // names of the assets that it stands for; more than one: replicas
  AssetKind asset_kind = AssetKind::container;
  int score = 0;  // the highest of the members
  ThreatLevel level = ThreatLevel::minimal;
  bool all_assessed = true;
  size_t alerts = 0;  // events of detectors
};

struct GraphEdge {
  size_t from = 0, to = 0;             // places in nodes
  std::vector<std::string> protocols;  // "HTTP", "Redis", "tcp 7000" where no name is known; sorted
  bool seen = true;                    // false: only permitted
  uint64_t connections = 0, bytes = 0;
};

struct Graph {
  std::vector<GraphNode> nodes;  // internet first, then machines, then assets by name
  std::vector<GraphEdge> edges;  // by from, then to
};

// Assets of one image that talk to the same others in the same way are one node. Assets that talk to nobody are left
// out. `permitted`: with what was not seen but could be.
Graph graph_of(const Report& report, bool permitted);

// Pure; foreign text is escaped for its medium.
std::string graph_tree(const Graph& graph, const Options& options);
std::string graph_dot(const Graph& graph);
std::string graph_json(const Graph& graph);

// The longest lines of arrows from those whom nobody calls: "internet -> nginx -> node x3 -> redis". At most `most`.
std::vector<std::string> graph_chains(const Graph& graph, size_t most);
// "node x3"
std::string label_of(const GraphNode& node);

}  // namespace plimsoll::report
