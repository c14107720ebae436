#include "server/graph.h"

#include <simdjson.h>

#include <algorithm>
#include <functional>
#include <future>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "assess/network_threats.h"
#include "model/names.h"
#include "server/parameters.h"
#include "wire/report_pieces.h"

namespace plimsoll::server {
namespace {

constexpr const char* outside = "outside";  // the end of all that is beyond the WAN

Graph::End end_of(const FlowEnd& end) {
  if (!end.asset.empty()) return {end.asset.value, true};
  return {end.wan ? std::string(outside) : "address:" + end.address, false};
}

// A moment, with the flows of the time before it.
struct Moment {
  Instant at{};  // the epoch: now
};
Result<Moment> take_moment(const Call& call, journal::FlowQuery& query) {
  constexpr uint64_t shortest = 60, longest = 7 * 24 * 3600;
  Moment out;
  const bool given = !call.asked("window").empty();
  uint64_t window = 3600;
  PLIMSOLL_CHECK(take_time(call, "at", out.at));
  PLIMSOLL_CHECK(take_number(call, "window", window));
  if (window < shortest || window > longest) return not_a_value("window", call.asked("window"));
  if (out.at == Instant{} && !given) return out;
  if (!call.asked("since").empty() || !call.asked("until").empty())
    return Error{ErrorKind::malformed, "'at' and 'window' go without 'since' and 'until'"};
  if (out.at != Instant{}) query.until = out.at;
  query.since = query.until - std::chrono::seconds(window);
  return out;
}

// Numbers for texts, counted from zero as they come.
class Numbers {
 public:
  std::optional<uint32_t> find(std::string_view text) const {
    const auto known = known_.find(text);
    return known == known_.end() ? std::nullopt : std::optional(known->second);
  }
  uint32_t add(std::string_view text) {
    return known_.emplace(std::string(text), static_cast<uint32_t>(known_.size())).first->second;
  }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, uint32_t, Hash, std::equal_to<>> known_;
};

// Adds flows up to arrows as they come, at most `limit` of them.
class Drawing {
 public:
  Drawing(Graph& graph, size_t limit) : graph_(graph), limit_(limit) {}

  void add(const journal::FlowRow& flow) {
    const auto from = number_of(flow.from_asset, flow.from_address, flow.from_wan);
    const auto to = number_of(flow.to_asset, flow.to_address, flow.to_wan);
    const auto protocol = protocol_of(flow);
    Graph::Edge* edge = from && to && protocol ? edge_of({*from, *to, *protocol}) : nullptr;
    if (edge == nullptr) {
      graph_.cut = true;
      return;
    }
    edge->connections += flow.connections;
    edge->bytes += flow.bytes;
    edge->seen = edge->seen || flow.seen;
    edge->first_seen = edge->first_seen == Instant{} ? flow.first_seen : std::min(edge->first_seen, flow.first_seen);
    edge->last_seen = std::max(edge->last_seen, flow.last_seen);
  }

  void finish() {
    std::sort(graph_.edges.begin(), graph_.edges.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  }

 private:
  struct KeyHash {
    size_t operator()(const Graph::EdgeKey& key) const {
      return std::hash<uint64_t>()((uint64_t{key[0]} << 32 | key[1]) * 31 + key[2]);
    }
  };

  bool is_full() const { return graph_.edges.size() >= limit_; }

  // Null: there is no room for another.
  Graph::Edge* edge_of(const Graph::EdgeKey& key) {
    const auto known = places_.find(key);
    if (known != places_.end()) return &graph_.edges[known->second].second;
    if (is_full()) return nullptr;
    places_.emplace(key, graph_.edges.size());
    return &graph_.edges.emplace_back(key, Graph::Edge{}).second;
  }

  // Of an end that is not known nothing is kept when there is no room for its arrow.
  std::optional<uint32_t> number_of(std::string_view asset, std::string_view address, bool wan) {
    if (asset.empty() && !wan) address_.assign("address:").append(address);
    const std::string_view name = !asset.empty() ? asset : wan ? std::string_view(outside) : address_;
    if (const auto known = ends_.find(name); known || is_full()) return known;
    graph_.ends.push_back({std::string(name), !asset.empty()});
    return ends_.add(name);
  }

  std::optional<uint32_t> protocol_of(const journal::FlowRow& flow) {
    if (flow.application.empty())
      protocol_.assign(name_of(flow.transport)).append("/").append(std::to_string(flow.to_port));
    const std::string_view name = flow.application.empty() ? std::string_view(protocol_) : flow.application;
    if (const auto known = protocols_.find(name); known || is_full()) return known;
    graph_.protocols.emplace_back(name);
    return protocols_.add(name);
  }

  Graph& graph_;
  const size_t limit_;
  Numbers ends_, protocols_;
  std::unordered_map<Graph::EdgeKey, size_t, KeyHash> places_;
  std::string address_, protocol_;  // made anew for each row
};

// The names of the networks that a container is on, from the details of its row; null where they are not known.
std::string networks_of(simdjson::dom::parser& parser, const journal::AssetRow& row) {
  simdjson::dom::array names;
  if (parser.parse(row.details)["networks"].get(names) != simdjson::SUCCESS) return "null";
  return simdjson::minify(names);
}

// The assets of now; of a moment, those that were there then, with their scores of then.
Status read_nodes(const journal::Journal& journal, const Moment& moment, std::vector<Graph::Node>& nodes) {
  std::map<AssetId, journal::ScorePoint> then;
  journal::AssetQuery query;
  query.limit = journal::max_page;
  if (moment.at != Instant{}) {
    PLIMSOLL_TRY(scores, journal.scores_at(moment.at));
    then = std::move(scores);
    query.gone = true;
  }
  simdjson::dom::parser parser;
  do {
    PLIMSOLL_TRY(page, journal.assets(query));
    for (journal::AssetRow& row : page.items) {
      if (moment.at != Instant{}) {
        const auto point = then.find(row.asset.id);
        if (point == then.end()) continue;
        row.score = point->second.score;
        row.level = point->second.level;
      }
      std::string networks = networks_of(parser, row);
      nodes.push_back({std::move(row.asset), row.score, row.level, row.not_assessed, std::move(networks)});
    }
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return Done{};
}

// What was seen between two ends in the time that is shown.
std::vector<NetworkEvent> detections_of(const std::vector<NetworkEvent>& events, const journal::FlowQuery& time) {
  std::vector<NetworkEvent> out;
  for (const NetworkEvent& event : events) {
    if (assess::is_everyday(event)) continue;
    if (event.last_seen < time.since || event.first_seen > time.until) continue;
    if (!time.asset.empty() && event.source.asset != time.asset && event.target.asset != time.asset) continue;
    out.push_back(event);
  }
  return out;
}

}  // namespace

Result<journal::FlowQuery> flow_query(const Call& call) {
  constexpr std::chrono::hours usual{24};
  constexpr size_t most = 100'000;
  journal::FlowQuery query;
  query.since = call.now - usual;
  query.until = call.now;
  PLIMSOLL_CHECK(take_times(call, query.since, query.until));
  PLIMSOLL_CHECK(take_truth(call, "seen", query.seen_only));
  PLIMSOLL_CHECK(take_limit(call, query.limit, most));
  query.asset = {std::string(call.asked("asset"))};
  return query;
}

Result<Graph> read_graph(Api& api, const Call& call) {
  PLIMSOLL_TRY(query, flow_query(call));
  PLIMSOLL_TRY(moment, take_moment(call, query));
  Graph graph;
  graph.since = query.since;
  graph.until = query.until;
  // Flows and assets of a large fleet each take some time: they are read side by side, into parts of their own.
  Graph arrows;
  std::future<Status> flows = std::async(std::launch::async, [&]() -> Status {
    Drawing drawing(arrows, query.limit);
    PLIMSOLL_CHECK(api.journal().each_flow(query, [&](const journal::FlowRow& flow) { drawing.add(flow); }));
    drawing.finish();
    return Done{};
  });
  const auto overview = api.overview();
  if (!overview.ok() && overview.error().kind != ErrorKind::unreachable) return overview.error();
  if (overview.ok()) graph.detections = detections_of((*overview)->network.events, query);
  if (moment.at == Instant{}) graph.responses = api.open_responses();
  PLIMSOLL_CHECK(read_nodes(api.journal(), moment, graph.nodes));
  PLIMSOLL_CHECK(flows.get());
  graph.ends = std::move(arrows.ends);
  graph.protocols = std::move(arrows.protocols);
  graph.edges = std::move(arrows.edges);
  graph.cut = arrows.cut;
  return graph;
}

void write_detections(wire::JsonWriter& out, const Graph& graph) {
  out.key("detections").begin_array();
  for (const NetworkEvent& event : graph.detections) {
    out.begin_object().member("detector", event.detector).member("severity", name_of(event.severity));
    out.member("title", event.title).member("evidence", event.evidence).member("from", end_of(event.source).name);
    out.member("to", end_of(event.target).name).member("count", event.count).key("first_seen");
    wire::write_instant(out, event.first_seen);
    out.key("last_seen");
    wire::write_instant(out, event.last_seen);
    out.end_object();
  }
  out.end_array();
}

}  // namespace plimsoll::server
