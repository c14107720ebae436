#include <simdjson.h>

#include <algorithm>
#include <array>
#include <future>
#include <map>
#include <set>

#include "model/names.h"
#include "server/api.h"
#include "server/handlers.h"
#include "server/json_rows.h"
#include "server/parameters.h"
#include "server/stored_asset.h"
#include "wire/report_pieces.h"

namespace plimsoll::server {
namespace {

// One arrow of the network graph: everything that one asset said to another in one protocol.
struct Edge {
  uint64_t connections = 0, bytes = 0;
  bool seen = false;
  Instant first_seen{}, last_seen{};
};
using EdgeKey = std::array<std::string, 3>;  // from, to, protocol

constexpr const char* outside = "outside";  // the node of all that is beyond the WAN

std::string node_of(const FlowEnd& end) {
  if (!end.asset.empty()) return end.asset.value;
  return end.wan ? std::string(outside) : "address:" + end.address;
}

std::string protocol_of(const Flow& flow) {
  if (!flow.application.empty()) return flow.application;
  return std::string(name_of(flow.transport)) + "/" + std::to_string(flow.to.port);
}

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

// A moment, with the flows of the time before it.
struct Moment {
  Instant at{};  // the epoch: now
};
Result<Moment> take_moment(const Call& call, journal::FlowQuery& query) {
  constexpr uint64_t shortest = 60, longest = 7 * 24 * 3600;
  Moment out;
  uint64_t window = 3600;
  PLIMSOLL_CHECK(take_time(call, "at", out.at));
  PLIMSOLL_CHECK(take_number(call, "window", window));
  if (window < shortest || window > longest) return not_a_value("window", call.asked("window"));
  if (out.at == Instant{}) return out;
  if (!call.asked("since").empty() || !call.asked("until").empty())
    return Error{ErrorKind::malformed, "'at' goes with 'window', not with 'since' and 'until'"};
  query.until = out.at;
  query.since = out.at - std::chrono::seconds(window);
  return out;
}

struct Drawn {
  std::map<EdgeKey, Edge> edges;
  std::set<std::string> others;  // ends that are no assets
};
Drawn draw(const std::vector<Flow>& flows) {
  Drawn out;
  for (const Flow& flow : flows) {
    const std::string from = node_of(flow.from), to = node_of(flow.to);
    Edge& edge = out.edges[{from, to, protocol_of(flow)}];
    edge.connections += flow.connections;
    edge.bytes += flow.bytes;
    edge.seen = edge.seen || flow.seen;
    edge.first_seen = edge.first_seen == Instant{} ? flow.first_seen : std::min(edge.first_seen, flow.first_seen);
    edge.last_seen = std::max(edge.last_seen, flow.last_seen);
    if (flow.from.asset.empty()) out.others.insert(from);
    if (flow.to.asset.empty()) out.others.insert(to);
  }
  return out;
}

// The names of the networks that a container is on, from the details of its row; null where they are not known.
std::string networks_of(simdjson::dom::parser& parser, const journal::AssetRow& row) {
  simdjson::dom::array names;
  if (parser.parse(row.details)["networks"].get(names) != simdjson::SUCCESS) return "null";
  return simdjson::minify(names);
}

// What a drawing shows of an asset; the rest is in its row.
void write_node(wire::JsonWriter& out, simdjson::dom::parser& parser, const journal::AssetRow& row,
                const OpenResponses& open) {
  const Asset& asset = row.asset;
  out.begin_object().member("id", asset.id.value).member("kind", name_of(asset.kind)).member("name", asset.name);
  out.member("node", asset.node).member("image", asset.image).member("status", asset.status);
  out.member("score", row.score).member("level", name_of(row.level)).member("not_assessed", row.not_assessed);
  out.key("labels").begin_object();
  for (const auto& [name, value] : asset.labels) out.member(name, value);
  out.end_object().key("networks").document(networks_of(parser, row));
  write_open(out, open, asset.id);
  out.end_object();
}

// The assets of now; of a moment, those that were there then, with their scores of then. `open`: of now.
Status write_nodes(wire::JsonWriter& out, const journal::Journal& journal, const Moment& moment,
                   const OpenResponses& open) {
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
      write_node(out, parser, row, open);
    }
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return Done{};
}

// What was seen between two ends in the time that is shown.
void write_detections(wire::JsonWriter& out, const std::vector<NetworkEvent>& events, const journal::FlowQuery& time) {
  for (const NetworkEvent& event : events) {
    if (event.last_seen < time.since || event.first_seen > time.until) continue;
    if (!time.asset.empty() && event.source.asset != time.asset && event.target.asset != time.asset) continue;
    out.begin_object().member("detector", event.detector).member("severity", name_of(event.severity));
    out.member("title", event.title).member("evidence", event.evidence).member("from", node_of(event.source));
    out.member("to", node_of(event.target)).member("count", event.count).key("first_seen");
    wire::write_instant(out, event.first_seen);
    out.key("last_seen");
    wire::write_instant(out, event.last_seen);
    out.end_object();
  }
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
  PLIMSOLL_OR_PROBLEM(query, flow_query(call));
  PLIMSOLL_OR_PROBLEM(moment, take_moment(call, query));
  // Flows and assets of a large fleet each take some hundred milliseconds: they are read side by side.
  std::future<Result<journal::FlowAnswer>> flows =
      std::async(std::launch::async, [&] { return api.journal().flows(query); });
  const auto overview = api.overview();
  if (!overview.ok() && overview.error().kind != ErrorKind::unreachable) return problem(overview.error());
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().key("nodes").begin_array();
  const OpenResponses open = moment.at == Instant{} ? api.open_responses() : OpenResponses();
  if (const Status written = write_nodes(out, api.journal(), moment, open); !written.ok())
    return problem(written.error());
  PLIMSOLL_OR_PROBLEM(answer, flows.get());
  const Drawn drawn = draw(answer.flows);
  out.end_array().key("others").begin_array();
  for (const std::string& name : drawn.others) out.value(name);
  out.end_array().key("edges").begin_array();
  for (const auto& [key, edge] : drawn.edges) {
    out.begin_object().member("from", key[0]).member("to", key[1]).member("protocol", key[2]);
    out.member("connections", edge.connections).member("bytes", edge.bytes).member("seen", edge.seen).key("first_seen");
    wire::write_instant(out, edge.first_seen);
    out.key("last_seen");
    wire::write_instant(out, edge.last_seen);
    out.end_object();
  }
  out.end_array().key("detections").begin_array();
  if (overview.ok()) write_detections(out, (*overview)->network.events, query);
  out.end_array().member("since", format_rfc3339(query.since)).member("until", format_rfc3339(query.until));
  out.member("cut", answer.cut).end_object();
  return json_response(std::move(out).take() + "\n");
}

}  // namespace plimsoll::server
