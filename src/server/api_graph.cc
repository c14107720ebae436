#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "model/names.h"
#include "server/graph.h"
#include "server/handlers.h"
#include "server/json_rows.h"
#include "server/parameters.h"
#include "server/prepared_graph.h"
#include "wire/report_pieces.h"

namespace plimsoll::server {
namespace {

// What a drawing shows of an asset; the rest is in its row.
void write_node(wire::JsonWriter& out, const Graph::Node& node, const OpenResponses& open) {
  const Asset& asset = node.asset;
  out.begin_object().member("id", asset.id.value).member("kind", name_of(asset.kind)).member("name", asset.name);
  out.member("node", asset.node).member("image", asset.image).member("status", asset.status);
  out.member("score", node.score).member("level", name_of(node.level)).member("not_assessed", node.not_assessed);
  out.key("labels").begin_object();
  for (const auto& [name, value] : asset.labels) out.member(name, value);
  out.end_object().key("networks").document(node.networks);
  write_open(out, open, asset.id);
  out.end_object();
}

void write_edge(wire::JsonWriter& out, const Graph& graph, const Graph::EdgeKey& key, const Graph::Edge& edge) {
  const auto [from, to, protocol] = key;
  out.begin_object().member("from", graph.ends[from].name).member("to", graph.ends[to].name);
  out.member("protocol", graph.protocols[protocol]).member("connections", edge.connections);
  out.member("bytes", edge.bytes).member("seen", edge.seen).key("first_seen");
  wire::write_instant(out, edge.first_seen);
  out.key("last_seen");
  wire::write_instant(out, edge.last_seen);
  out.end_object();
}

// Texts that many rows have: each is written once, and a row has its number.
class Texts {
 public:
  size_t number_of(std::string_view text) {
    const auto [found, fresh] = numbers_.try_emplace(text, numbers_.size());
    if (fresh) all_.push_back(text);
    return found->second;
  }
  const std::vector<std::string_view>& all() const { return all_; }

 private:
  std::unordered_map<std::string_view, size_t> numbers_;
  std::vector<std::string_view> all_;
};

// One array: what `value` says of each row.
template <class Rows, class Value>
void write_column(wire::JsonWriter& out, std::string_view name, const Rows& rows, Value value) {
  out.key(name).begin_array();
  for (const auto& row : rows) out.value(value(row));
  out.end_array();
}

std::string_view label(const Asset& asset, const std::string& name) {
  const auto found = asset.labels.find(name);
  return found == asset.labels.end() ? std::string_view() : std::string_view(found->second);
}

void write_node_columns(wire::JsonWriter& out, const Graph& graph, Texts& texts) {
  const std::vector<Graph::Node>& nodes = graph.nodes;
  out.key("nodes").begin_object();
  const auto shared = [&](std::string_view name, auto text_of) {
    write_column(out, name, nodes, [&](const Graph::Node& node) { return texts.number_of(text_of(node)); });
  };
  write_column(out, "id", nodes, [](const Graph::Node& node) { return std::string_view(node.asset.id.value); });
  write_column(out, "name", nodes, [](const Graph::Node& node) { return std::string_view(node.asset.name); });
  shared("kind", [](const Graph::Node& node) { return name_of(node.asset.kind); });
  shared("node", [](const Graph::Node& node) { return std::string_view(node.asset.node); });
  shared("image", [](const Graph::Node& node) { return std::string_view(node.asset.image); });
  shared("level", [](const Graph::Node& node) { return name_of(node.level); });
  shared("namespace", [](const Graph::Node& node) { return label(node.asset, "io.kubernetes.pod.namespace"); });
  shared("project", [](const Graph::Node& node) { return label(node.asset, "com.docker.compose.project"); });
  write_column(out, "score", nodes, [](const Graph::Node& node) { return node.score; });
  write_column(out, "not_assessed", nodes, [](const Graph::Node& node) { return node.not_assessed; });
  Texts lists;
  write_column(out, "networks", nodes, [&](const Graph::Node& node) { return lists.number_of(node.networks); });
  out.key("answers").begin_array();
  for (const Graph::Node& node : nodes) {
    if (!graph.responses.contains(node.asset.id)) continue;
    out.begin_object().member("id", node.asset.id.value);
    write_open(out, graph.responses, node.asset.id);
    out.end_object();
  }
  out.end_array().end_object().key("network_lists").begin_array();
  for (const std::string_view list : lists.all()) out.document(list);
  out.end_array();
}

// The places of the ends among nodes, others and gone, one after the other; those two lists are written.
std::vector<size_t> write_ends(wire::JsonWriter& out, const Graph& graph) {
  std::unordered_map<std::string_view, size_t> places;
  for (const Graph::Node& node : graph.nodes) places.emplace(node.asset.id.value, places.size());
  for (const bool asset : {false, true}) {
    out.key(asset ? "gone" : "others").begin_array();
    for (const Graph::End& end : graph.ends) {
      if (end.is_asset == asset && places.try_emplace(end.name, places.size()).second) out.value(end.name);
    }
    out.end_array();
  }
  std::vector<size_t> out_places;
  out_places.reserve(graph.ends.size());
  for (const Graph::End& end : graph.ends) out_places.push_back(places.at(end.name));
  return out_places;
}

void write_edge_columns(wire::JsonWriter& out, const Graph& graph, const std::vector<size_t>& places, Texts& texts) {
  const auto& edges = graph.edges;
  out.key("edges").begin_object();
  write_column(out, "from", edges, [&](const auto& edge) { return places[edge.first[0]]; });
  write_column(out, "to", edges, [&](const auto& edge) { return places[edge.first[1]]; });
  write_column(out, "protocol", edges, [&](const auto& e) { return texts.number_of(graph.protocols[e.first[2]]); });
  write_column(out, "connections", edges, [](const auto& edge) { return edge.second.connections; });
  write_column(out, "bytes", edges, [](const auto& edge) { return edge.second.bytes; });
  write_column(out, "seen", edges, [](const auto& edge) { return edge.second.seen ? 1 : 0; });
  write_column(out, "age", edges, [&](const auto& edge) { return (graph.until - edge.second.last_seen).count(); });
  out.end_object();
}

void write_frame(wire::JsonWriter& out, const Graph& graph) {
  write_detections(out, graph);
  out.member("since", format_rfc3339(graph.since)).member("until", format_rfc3339(graph.until));
  out.member("cut", graph.cut).end_object();
}

// `prepared`: worked out before it was asked for.
Response columns_of(const Graph& graph, bool prepared) {
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  Texts texts;
  out.begin_object();
  write_node_columns(out, graph, texts);
  const std::vector<size_t> places = write_ends(out, graph);
  write_edge_columns(out, graph, places, texts);
  write_column(out, "texts", texts.all(), [](std::string_view text) { return text; });
  out.member("prepared", prepared);
  write_frame(out, graph);
  return json_response(std::move(out).take() + "\n");
}

}  // namespace

Response list_flows(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(query, flow_query(call));
  PLIMSOLL_OR_PROBLEM(answer, api.journal().flows(query));
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().key("items").begin_array();
  for (const Flow& flow : answer.flows) write_row(out, flow);
  out.end_array().member("cut", answer.cut).end_object();
  return json_response(std::move(out).take() + "\n");
}

Response get_graph(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(graph, read_graph(api, call));
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().key("nodes").begin_array();
  for (const Graph::Node& node : graph.nodes) write_node(out, node, graph.responses);
  out.end_array().key("others").begin_array();
  for (const Graph::End& end : graph.ends) {
    if (!end.is_asset) out.value(end.name);
  }
  out.end_array().key("edges").begin_array();
  for (const auto& [key, edge] : graph.edges) write_edge(out, graph, key, edge);
  out.end_array();
  write_frame(out, graph);
  return json_response(std::move(out).take() + "\n");
}

Response get_graph_columns(Api& api, const Call& call) {
  bool prepared = false;
  if (const Status read = take_truth(call, "prepared", prepared); !read.ok()) return problem(read.error());
  if (prepared && call.query.size() > 1) return problem(400, "'prepared' goes without other parameters");
  const PreparedGraph* kept = api.ground().prepared_graph;
  if (const auto last = prepared && kept != nullptr ? kept->last() : nullptr) return *last;
  PLIMSOLL_OR_PROBLEM(graph, read_graph(api, call));
  return columns_of(graph, false);
}

Response prepare_graph(Api& api) {
  const Request request;
  const Call call{request, {}, {}, {}, api.ground().now()};
  PLIMSOLL_OR_PROBLEM(graph, read_graph(api, call));
  return columns_of(graph, true);
}

}  // namespace plimsoll::server
