#include "model/names.h"
#include "server/api.h"
#include "server/handlers.h"
#include "server/json_rows.h"
#include "server/parameters.h"
#include "server/shown.h"
#include "server/stored_asset.h"

namespace plimsoll::server {
namespace {

void write_brief(wire::JsonWriter& out, const journal::AssetRow& row) {
  out.begin_object().member("id", row.asset.id.value).member("name", row.asset.name).member("score", row.score);
  out.member("level", name_of(row.level)).member("not_assessed", row.not_assessed).end_object();
}

// A machine and what runs on it.
struct Node {
  journal::AssetRow row;
  uint64_t containers = 0;
  std::optional<journal::AssetRow> worst;
  std::vector<BenchmarkRate> benchmarks;  // where this machine is the only one: they are of the whole report
};

Result<Node> node_of(const journal::Journal& journal, journal::AssetRow row) {
  journal::AssetQuery query;
  query.kind = AssetKind::container;
  query.node = row.asset.node;
  query.limit = 1;
  PLIMSOLL_TRY(page, journal.assets(query));
  Node out{std::move(row), page.total.value_or(0), {}, {}};
  if (!page.items.empty()) out.worst = std::move(page.items.front());
  return out;
}

void write_row(wire::JsonWriter& out, const Node& node, const OpenResponses& open) {
  out.begin_object().key("asset");
  server::write_row(out, node.row, open);
  // What it is, as the list's details have it.
  simdjson::dom::parser parser;
  simdjson::dom::element details;
  const bool told = parser.parse(node.row.details).get(details) == simdjson::SUCCESS;
  for (const auto& [name, missing] :
       {std::pair("kernel", "\"\""), std::pair("architecture", "\"\""), std::pair("cpu_model", "\"\""),
        std::pair("cpus", "0"), std::pair("memory_bytes", "0"), std::pair("boot_time", "null"),
        std::pair("runtimes", "[]"), std::pair("checks", "null"), std::pair("pass_rate", "null")}) {
    simdjson::dom::element member;
    const bool there = told && details[name].get(member) == simdjson::SUCCESS;
    out.key(name).document(there ? simdjson::minify(member) : missing);
  }
  out.member("platform", told ? text_of(details, "hardware") : "").member("containers", node.containers);
  out.key("worst_container");
  if (node.worst)
    write_brief(out, *node.worst);
  else
    out.null();
  out.key("benchmarks").begin_array();
  for (const BenchmarkRate& rate : node.benchmarks) {
    out.begin_object().member("benchmark", rate.benchmark).member("edition", rate.edition).key("controls");
    write_counts(out, rate.controls);
    out.member("pass_rate", rate.rate).end_object();
  }
  out.end_array().end_object();
}

}  // namespace

Response list_nodes(Api& api, const Call& call) {
  journal::AssetQuery query;
  query.kind = AssetKind::host;
  if (const Status taken = take_limit(call, query.limit, journal::max_page); !taken.ok()) return problem(taken.error());
  query.text = call.asked("text");
  query.cursor = call.asked("cursor");
  PLIMSOLL_OR_PROBLEM(page, api.journal().assets(query));
  PLIMSOLL_OR_PROBLEM(summary, api.journal().summary());
  journal::Page<Node> nodes{{}, page.next, page.total};
  for (journal::AssetRow& row : page.items) {
    PLIMSOLL_OR_PROBLEM(node, node_of(api.journal(), std::move(row)));
    nodes.items.push_back(std::move(node));
  }
  if (summary.hosts == 1 && nodes.items.size() == 1) {
    const auto overview = api.overview();
    if (overview.ok()) nodes.items.front().benchmarks = (*overview)->benchmarks;
  }
  return json_response(page_json(nodes, api.open_responses()));
}

// Put together when the world was judged (Analyst): reading every report would take too long.
Response list_not_assessed(Api& api, const Call&) {
  PLIMSOLL_OR_PROBLEM(shown, api.journal().settings(shown_not_assessed));
  const auto found = shown.find(shown_not_assessed);
  if (found == shown.end()) return problem(Error{ErrorKind::unreachable, "the first scan is not done yet"});
  return json_response(found->second + "\n");
}

}  // namespace plimsoll::server
