#include "report/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "base/text.h"
#include "model/names.h"

namespace plimsoll::report {
namespace {

// One arrow between single assets, before replicas are joined.
struct Arrow {
  size_t from, to;
  std::string protocol;
  const Flow* flow;
};

std::string protocol_of(const Flow& flow) {
  if (!flow.application.empty()) return printable(flow.application, 40);
  return fmt::format("{} {}", name_of(flow.transport), flow.to.port);
}

// Ends that are no asset, and every asset, as places; replicas apart.
class Places {
 public:
  explicit Places(const Report& report) {
    for (const AssetReport& asset : report.assets) {
      GraphNode node;
      node.name = asset.asset.name;
      node.members = {asset.asset.name};
      node.asset_kind = asset.asset.kind;
      node.score = asset.assessment.score;
      node.level = asset.assessment.level;
      node.all_assessed = asset.assessment.not_assessed.empty();
      node.alerts =
          static_cast<size_t>(std::count_if(asset.threats.begin(), asset.threats.end(), [](const Threat& threat) {
            return threat.kind == ThreatKind::network || threat.kind == ThreatKind::behaviour;
          }));
      assets_.emplace(asset.asset.id, nodes.size());
      images.push_back(asset.asset.image.empty() ? asset.asset.id.value : asset.asset.image);
      nodes.push_back(std::move(node));
    }
  }

  // An end is the asset; where it is `as_peer` and lies outside, the outside stands for it.
  size_t of(const FlowEnd& end, bool as_peer) {
    const auto asset = assets_.find(end.asset);
    if (asset != assets_.end() && !(as_peer && end.wan)) return asset->second;
    if (end.wan) return other(GraphNode::Kind::internet, "internet");
    return other(GraphNode::Kind::machine, end.address.empty() ? "other machines" : end.address);
  }
  bool is_asset(const FlowEnd& end) const { return assets_.count(end.asset) != 0; }

  std::vector<GraphNode> nodes;
  std::vector<std::string> images;  // what replicas have in common; of others their name

 private:
  size_t other(GraphNode::Kind kind, const std::string& name) {
    const auto [place, fresh] = others_.emplace(name, nodes.size());
    if (fresh) {
      GraphNode node;
      node.kind = kind;
      node.name = name;
      nodes.push_back(node);
      images.push_back(name);
    }
    return place->second;
  }

  std::map<AssetId, size_t> assets_;
  std::map<std::string, size_t> others_;
};

// A connection of two of our own assets over outside addresses leaves by one and enters by the other.
std::vector<Arrow> arrows_of(const Report& report, bool permitted, Places& places) {
  std::vector<Arrow> out;
  for (const Flow& flow : report.flows) {
    if (!flow.seen && !permitted) continue;
    const auto add = [&](size_t from, size_t to) {
      if (from != to) out.push_back({from, to, protocol_of(flow), &flow});
    };
    if (places.is_asset(flow.to)) add(places.of(flow.from, true), places.of(flow.to, false));
    const bool leaves = places.is_asset(flow.from) && (!places.is_asset(flow.to) || flow.to.wan);
    if (leaves) add(places.of(flow.from, false), places.of(flow.to, true));
  }
  return out;
}

// The number of the class of each place: first by image, then split while members of a class differ in whom they talk
// to. Ends after as many rounds as there are classes.
std::vector<size_t> classes_of(const Places& places, const std::vector<Arrow>& arrows) {
  using Peer = std::tuple<bool, size_t, std::string>;  // outgoing, its class, protocol
  std::vector<size_t> classes(places.nodes.size(), 0);
  size_t known = 0;
  while (true) {
    std::vector<std::set<Peer>> peers(classes.size());
    for (const Arrow& arrow : arrows) {
      peers[arrow.from].emplace(true, classes[arrow.to], arrow.protocol);
      peers[arrow.to].emplace(false, classes[arrow.from], arrow.protocol);
    }
    std::map<std::tuple<std::string, size_t, std::set<Peer>>, size_t> numbers;
    std::vector<size_t> next(classes.size());
    for (size_t i = 0; i < classes.size(); ++i) {
      next[i] = numbers.emplace(std::tuple(places.images[i], classes[i], peers[i]), numbers.size()).first->second;
    }
    classes = std::move(next);
    if (numbers.size() == known) return classes;
    known = numbers.size();
  }
}

// What the names of replicas have in common: "shop-node" of "shop-node1" and "shop-node2".
std::string common_name(const std::vector<std::string>& names) {
  std::string common = names.front();
  for (const std::string& name : names) {
    const auto [end, other] = std::mismatch(common.begin(), common.end(), name.begin(), name.end());
    common.erase(end, common.end());
  }
  const size_t end = common.find_last_not_of("-_.0123456789");
  return end == std::string::npos ? names.front() : common.substr(0, end + 1);
}

GraphNode joined(const std::vector<const GraphNode*>& members) {
  GraphNode out = *members.front();
  out.members.clear();
  out.alerts = 0;
  for (const GraphNode* member : members) {
    if (member->kind == GraphNode::Kind::asset) out.members.push_back(member->name);
    if (member->score > out.score) {
      out.score = member->score;
      out.level = member->level;
    }
    out.all_assessed = out.all_assessed && member->all_assessed;
    out.alerts += member->alerts;
  }
  std::sort(out.members.begin(), out.members.end());
  if (out.members.size() > 1) out.name = common_name(out.members);
  return out;
}

}  // namespace

Graph graph_of(const Report& report, bool permitted) {
  Places places(report);
  const std::vector<Arrow> arrows = arrows_of(report, permitted, places);
  const std::vector<size_t> classes = classes_of(places, arrows);
  std::map<size_t, std::vector<const GraphNode*>> members;
  std::set<size_t> talking;
  for (const Arrow& arrow : arrows) talking.insert({classes[arrow.from], classes[arrow.to]});
  for (size_t i = 0; i < classes.size(); ++i) {
    if (talking.count(classes[i]) != 0) members[classes[i]].push_back(&places.nodes[i]);
  }
  Graph graph;
  std::vector<std::pair<GraphNode, size_t>> nodes;
  for (const auto& [number, all] : members) nodes.emplace_back(joined(all), number);
  std::sort(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first.kind, a.first.name, a.first.members) <
           std::tie(b.first.kind, b.first.name, b.first.members);
  });
  std::map<size_t, size_t> place;
  for (auto& [node, number] : nodes) {
    place[number] = graph.nodes.size();
    graph.nodes.push_back(std::move(node));
  }
  std::map<std::pair<size_t, size_t>, GraphEdge> edges;
  for (const Arrow& arrow : arrows) {
    const size_t from = place.at(classes[arrow.from]), to = place.at(classes[arrow.to]);
    const auto [found, fresh] = edges.emplace(std::pair(from, to), GraphEdge{from, to, {}, arrow.flow->seen, 0, 0});
    GraphEdge& edge = found->second;
    edge.seen = edge.seen || arrow.flow->seen;
    edge.connections += arrow.flow->connections;
    edge.bytes += arrow.flow->bytes;
    if (std::find(edge.protocols.begin(), edge.protocols.end(), arrow.protocol) == edge.protocols.end()) {
      edge.protocols.push_back(arrow.protocol);
    }
  }
  for (auto& [ends, edge] : edges) {
    std::sort(edge.protocols.begin(), edge.protocols.end());
    graph.edges.push_back(std::move(edge));
  }
  return graph;
}

std::string label_of(const GraphNode& node) {
  const std::string name = printable(node.name, 120);
  return node.members.size() > 1 ? fmt::format("{} x{}", name, node.members.size()) : name;
}

namespace {

// Walks from a node along the arrows, each node once on a line.
class Chains {
 public:
  explicit Chains(const Graph& graph) : leaving_(graph.nodes.size()) {
    std::vector<bool> called(graph.nodes.size(), false);
    for (const GraphEdge& edge : graph.edges) {
      leaving_[edge.from].push_back(edge.to);
      called[edge.to] = true;
    }
    for (size_t i = 0; i < called.size(); ++i) {
      if (!called[i] || graph.nodes[i].kind == GraphNode::Kind::internet) walk({i});
    }
  }
  std::vector<std::vector<size_t>> lines;

 private:
  static constexpr size_t kLinesMost = 1000;  // of a dense graph the first are enough

  void walk(std::vector<size_t> line) {
    bool ends = true;
    for (const size_t next : leaving_[line.back()]) {
      if (std::find(line.begin(), line.end(), next) != line.end() || lines.size() >= kLinesMost) continue;
      ends = false;
      line.push_back(next);
      walk(line);
      line.pop_back();
    }
    if (ends && line.size() > 1 && lines.size() < kLinesMost) lines.push_back(line);
  }

  std::vector<std::vector<size_t>> leaving_;
};

}  // namespace

std::vector<std::string> graph_chains(const Graph& graph, size_t most) {
  std::vector<std::vector<size_t>> lines = Chains(graph).lines;
  std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::vector<std::string> out;
  for (const auto& line : lines) {
    if (out.size() == most) break;
    std::vector<std::string> names;
    for (const size_t node : line) names.push_back(label_of(graph.nodes[node]));
    out.push_back(join(names, " -> "));
  }
  return out;
}

}  // namespace plimsoll::report
