// The graph for other programs: Graphviz, JSON.
#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "model/names.h"
#include "report/graph.h"
#include "wire/json_writer.h"

namespace plimsoll::report {
namespace {

// A string of the DOT language: only the quote needs an escape, and the backslash that would begin one.
std::string dot_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : printable(text, 400)) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

const char* colour_of(ThreatLevel level) {
  switch (level) {
    case ThreatLevel::critical:
      return "#c0392b";
    case ThreatLevel::high:
      return "#e67e22";
    case ThreatLevel::medium:
      return "#f1c40f";
    case ThreatLevel::low:
      return "#3498db";
    case ThreatLevel::minimal:
      break;
  }
  return "#27ae60";
}

constexpr const char* kind_of(GraphNode::Kind kind) {
  return kind == GraphNode::Kind::internet ? "internet" : kind == GraphNode::Kind::machine ? "machine" : "asset";
}

}  // namespace

std::string graph_dot(const Graph& graph) {
  std::string out = "digraph plimsoll {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=sans];\n";
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    std::string label = label_of(node), more = ", shape=ellipse";
    if (node.kind == GraphNode::Kind::asset) {
      label += fmt::format(" [{}{} {}]", node.score, node.all_assessed ? "" : "?", name_of(node.level));
      more = fmt::format(", color=\"{}\", penwidth={}", colour_of(node.level), node.alerts > 0 ? 3 : 1);
    }
    out += fmt::format("  n{} [label={}{}];\n", i, dot_text(label), more);
  }
  for (const GraphEdge& edge : graph.edges) {
    out += fmt::format("  n{} -> n{} [label={}, penwidth={:.1f}{}];\n", edge.from, edge.to,
                       dot_text(join(edge.protocols, ", ")), 1 + std::log10(1 + static_cast<double>(edge.connections)),
                       edge.seen ? "" : ", style=dashed");
  }
  return out + "}\n";
}

std::string graph_json(const Graph& graph) {
  wire::JsonWriter out;
  out.begin_object().member("schema", "plimsoll.graph/1").key("nodes").begin_array();
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    out.begin_object().member("id", i).member("kind", kind_of(node.kind)).member("name", node.name);
    if (node.kind == GraphNode::Kind::asset) {
      out.member("asset_kind", name_of(node.asset_kind)).member("replicas", node.members.size()).key("members");
      out.begin_array();
      for (const std::string& member : node.members) out.value(member);
      out.end_array().member("score", node.score).member("level", name_of(node.level));
      out.member("all_assessed", node.all_assessed).member("alerts", node.alerts);
    }
    out.end_object();
  }
  out.end_array().key("edges").begin_array();
  for (const GraphEdge& edge : graph.edges) {
    out.begin_object().member("from", edge.from).member("to", edge.to).key("protocols").begin_array();
    for (const std::string& protocol : edge.protocols) out.value(protocol);
    out.end_array().member("seen", edge.seen).member("connections", edge.connections).member("bytes", edge.bytes);
    out.end_object();
  }
  out.end_array().end_object();
  return std::move(out).take() + "\n";
}

}  // namespace plimsoll::report
