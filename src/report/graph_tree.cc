// The graph for a terminal: each node under whoever calls it.
#include <fmt/format.h>

#include "base/text.h"
#include "model/names.h"
#include "report/graph.h"
#include "report/page.h"

namespace plimsoll::report {
namespace {

std::string amount(uint64_t bytes) {
  constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  for (; value >= 1000 && unit + 1 < std::size(units); ++unit) value /= 1000;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, units[unit]);
}

std::string weight_of(const GraphEdge& edge) {
  if (!edge.seen) return "permitted";
  std::string out = fmt::format("{} connection{}", edge.connections, edge.connections == 1 ? "" : "s");
  if (edge.bytes > 0) out += ", " + amount(edge.bytes);
  return out;
}

class Tree {
 public:
  Tree(const Graph& graph, const Options& options)
      : graph_(graph), page_(options.columns, options.colour), shown_(graph.nodes.size(), false) {}

  std::string draw() {
    std::vector<bool> called(graph_.nodes.size(), false);
    for (const GraphEdge& edge : graph_.edges) called[edge.to] = true;
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (graph_.nodes[i].kind == GraphNode::Kind::internet || !called[i]) root(i);
    }
    // What is left calls each other in a ring.
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (!shown_[i]) root(i);
    }
    if (graph_.nodes.empty()) page_.line("Nobody was seen to talk to anybody.");
    return page_.take();
  }

 private:
  // Deep enough for any real graph; a line of arrows longer than that goes on at its own place.
  static constexpr size_t kDeepest = 24;

  bool leaves(size_t node) const {
    for (const GraphEdge& edge : graph_.edges) {
      if (edge.from == node) return true;
    }
    return false;
  }

  std::vector<Span> badge(size_t place) const {
    const GraphNode& node = graph_.nodes[place];
    std::vector<Span> out{{label_of(node), Style::bold}};
    if (node.kind == GraphNode::Kind::asset) {
      out.push_back({fmt::format("  [{}{} {}]", node.score, node.all_assessed ? "" : "?", name_of(node.level)),
                     style_of(node.level)});
    }
    if (node.alerts > 0) {
      out.push_back({fmt::format("  {} alert{}", node.alerts, node.alerts == 1 ? "" : "s"), Style::critical});
    }
    return out;
  }

  void root(size_t place) {
    if (shown_[place] || !leaves(place)) return;
    page_.line(badge(place));
    below(place, "", 0);
  }

  void below(size_t place, const std::string& indent, size_t depth) {
    shown_[place] = true;
    std::vector<const GraphEdge*> edges;
    for (const GraphEdge& edge : graph_.edges) {
      if (edge.from == place) edges.push_back(&edge);
    }
    for (size_t i = 0; i < edges.size(); ++i) {
      const GraphEdge& edge = *edges[i];
      const bool last = i + 1 == edges.size(), again = shown_[edge.to] && leaves(edge.to);
      std::vector<Span> line{{indent + (last ? "`- " : "|- ") + join(edge.protocols, ", ") + " -> ", Style::dim}};
      for (Span& span : badge(edge.to)) line.push_back(std::move(span));
      line.push_back({"  (" + weight_of(edge) + (again ? "; see above" : "") + ")", Style::dim});
      page_.line(line);
      if (!again && depth < kDeepest) below(edge.to, indent + (last ? "   " : "|  "), depth + 1);
    }
  }

  const Graph& graph_;
  Page page_;
  std::vector<bool> shown_;
};

}  // namespace

std::string graph_tree(const Graph& graph, const Options& options) { return Tree(graph, options).draw(); }

}  // namespace plimsoll::report
