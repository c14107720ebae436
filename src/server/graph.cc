#include "server/graph.h"

#include <simdjson.h>

#include <algorithm>
#include <future>
#include <unordered_map>

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

std::string protocol_of(const Flow& flow) {
  if (!flow.application.empty()) return flow.application;
  return std::string(name_of(flow.transport)) + "/" + std::to_string(flow.to.port);
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
  // True: it is new, and has the next number.
  std::pair<uint32_t, bool> of(const std::string& text) {
    const auto [found, fresh] = known_.try_emplace(text, static_cast<uint32_t>(known_.size()));
    return {found->second, fresh};
  }

 private:
  std::unordered_map<std::string, uint32_t> known_;
};

void draw(const std::vector<Flow>& flows, Graph& graph) {
  Numbers ends, protocols;
  const auto number_of = [&](const FlowEnd& at) {
    Graph::End end = end_of(at);
    const auto [number, fresh] = ends.of(end.name);
    if (fresh) graph.ends.push_back(std::move(end));
    return number;
  };
  for (const Flow& flow : flows) {
    const uint32_t from = number_of(flow.from), to = number_of(flow.to);
    std::string name = protocol_of(flow);
    const auto [protocol, fresh] = protocols.of(name);
    if (fresh) graph.protocols.push_back(std::move(name));
    Graph::Edge& edge = graph.edges[{from, to, protocol}];
    edge.connections += flow.connections;
    edge.bytes += flow.bytes;
    edge.seen = edge.seen || flow.seen;
    edge.first_seen = edge.first_seen == Instant{} ? flow.first_seen : std::min(edge.first_seen, flow.first_seen);
    edge.last_seen = std::max(edge.last_seen, flow.last_seen);
  }
}

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
  // Flows and assets of a large fleet each take some hundred milliseconds: they are read side by side.
  std::future<Result<journal::FlowAnswer>> flows =
      std::async(std::launch::async, [&] { return api.journal().flows(query); });
  Graph graph;
  graph.since = query.since;
  graph.until = query.until;
  const auto overview = api.overview();
  if (!overview.ok() && overview.error().kind != ErrorKind::unreachable) return overview.error();
  if (overview.ok()) graph.detections = detections_of((*overview)->network.events, query);
  if (moment.at == Instant{}) graph.responses = api.open_responses();
  PLIMSOLL_CHECK(read_nodes(api.journal(), moment, graph.nodes));
  PLIMSOLL_TRY(answer, flows.get());
  draw(answer.flows, graph);
  graph.cut = answer.cut;
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
