#include <array>
#include <map>

#include "model/names.h"
#include "server/api.h"
#include "server/handlers.h"
#include "server/json_rows.h"
#include "server/parameters.h"
#include "server/stored_asset.h"

namespace plimsoll::server {
namespace {

Result<journal::ThreatQuery> threat_query(const Call& call) {
  journal::ThreatQuery query;
  PLIMSOLL_CHECK(take_word(call, "kind", parse_threat_kind, query.kind));
  PLIMSOLL_CHECK(take_words(call, "level", parse_severity_level, query.levels));
  PLIMSOLL_CHECK(take_truth(call, "known_exploited", query.known_exploited));
  PLIMSOLL_CHECK(take_truth(call, "fixable", query.fixable));
  PLIMSOLL_CHECK(take_limit(call, query.limit, journal::max_page));
  query.text = call.asked("text");
  query.cursor = call.asked("cursor");
  return query;
}

// What a row of an asset's threats has beside that of the journal.
struct Evidence {
  std::string_view location, evidence, remedy, source, loaded;
};
Evidence evidence_of(simdjson::dom::element threat) {
  Evidence out{"", text_of(threat, "evidence"), text_of(threat, "remedy"), "", ""};
  simdjson::dom::element part;
  if (threat["severity"].get(part) == simdjson::SUCCESS) out.source = text_of(part, "source");
  if (threat["package"].get(part) == simdjson::SUCCESS) {
    out.location = text_of(part, "location");
    out.loaded = text_of(part, "loaded");
  }
  return out;
}

// A row with its evidence, and the exception that covers it.
struct FullThreat {
  journal::ThreatRow row;
  Evidence evidence;
  std::string exception;
};
void write_row(wire::JsonWriter& out, const FullThreat& full) {
  wire::JsonWriter row(wire::JsonWriter::Layout::one_line);
  server::write_row(row, full.row);
  std::string text = std::move(row).take();
  wire::JsonWriter more(wire::JsonWriter::Layout::one_line);
  more.begin_object().member("location", full.evidence.location).member("evidence", full.evidence.evidence);
  more.member("remedy", full.evidence.remedy).member("source", full.evidence.source);
  more.member("loaded", full.evidence.loaded).key("exception");
  if (full.exception.empty())
    more.null();
  else
    more.value(full.exception);
  more.end_object();
  text.back() = ',';
  out.document(text + std::move(more).take().substr(1));
}

using ThreatKey = std::array<std::string_view, 3>;  // id, package, version
ThreatKey key_of(simdjson::dom::element threat) {
  simdjson::dom::element package;
  if (threat["package"].get(package) != simdjson::SUCCESS) return {text_of(threat, "id"), "", ""};
  return {text_of(threat, "id"), text_of(package, "name"), text_of(package, "version")};
}

journal::Page<FullThreat> with_evidence(const journal::Page<journal::ThreatRow>& page, const StoredAsset& asset) {
  std::map<ThreatKey, simdjson::dom::element> threats;
  for (const simdjson::dom::element threat : asset.list("threats")) threats.emplace(key_of(threat), threat);
  journal::Page<FullThreat> out{{}, page.next, page.total};
  for (const journal::ThreatRow& row : page.items) {
    const auto found = threats.find({row.id.value, row.package, row.version});
    out.items.push_back({row, found == threats.end() ? Evidence{} : evidence_of(found->second), ""});
  }
  return out;
}

// Those that an exception takes out of the score; no pages, as nobody excepts so many.
Response excepted_threats(Api& api, const AssetId& id, const journal::ThreatQuery& query) {
  PLIMSOLL_OR_PROBLEM(asset, StoredAsset::read(api.journal(), id));
  journal::Page<FullThreat> page;
  for (const simdjson::dom::element excepted : asset.list("excepted")) {
    simdjson::dom::element threat, severity;
    if (excepted["threat"].get(threat) != simdjson::SUCCESS) continue;
    FullThreat full;
    const ThreatKey key = key_of(threat);
    full.row.id.value = key[0];
    full.row.package = key[1];
    full.row.version = key[2];
    full.row.kind = parse_threat_kind(text_of(threat, "kind")).value_or(ThreatKind::vulnerability);
    full.row.asset = id;
    full.row.asset_name = asset.row().asset.name;
    full.row.asset_score = asset.row().score;
    full.row.title = text_of(threat, "title");
    full.row.fixed_version = text_of(threat, "fixed_version");
    full.row.known_exploited = truth_of(threat, "known_exploited");
    double number = 0;
    if (threat["epss"].get(number) == simdjson::SUCCESS) full.row.epss = number;
    if (threat["severity"].get(severity) == simdjson::SUCCESS) {
      full.row.level = parse_severity_level(text_of(severity, "level")).value_or(SeverityLevel::unknown);
      if (severity["score"].get(number) == simdjson::SUCCESS) full.row.score = number;
    }
    if (query.kind && *query.kind != full.row.kind) continue;
    full.evidence = evidence_of(threat);
    full.exception = text_of(excepted, "exception");
    page.items.push_back(std::move(full));
  }
  page.total = page.items.size();
  return json_response(page_json(page));
}

}  // namespace

Response list_asset_threats(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(query, threat_query(call));
  bool resolved = false, excepted = false;
  if (const Status taken = take_truth(call, "resolved", resolved); !taken.ok()) return problem(taken.error());
  if (const Status taken = take_truth(call, "excepted", excepted); !taken.ok()) return problem(taken.error());
  const AssetId id{call.parameter("id")};
  if (excepted) return excepted_threats(api, id, query);
  PLIMSOLL_OR_PROBLEM(page, api.journal().threats_of(id, resolved, query));
  Result<StoredAsset> asset = StoredAsset::read(api.journal(), id);
  if (!asset.ok())
    return asset.error().kind == ErrorKind::not_found ? json_response(page_json(page)) : problem(asset.error());
  return json_response(page_json(with_evidence(page, *asset)));
}

Response list_threats(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(query, threat_query(call));
  PLIMSOLL_OR_PROBLEM(page, api.journal().threats(query));
  return json_response(page_json(page));
}

// What is known of it beyond the row stands with those that have it: the worst of them tells.
Response get_threat(Api& api, const Call& call) {
  const ThreatId id{call.parameter("id")};
  PLIMSOLL_OR_PROBLEM(group, api.journal().threat(id));
  PLIMSOLL_OR_PROBLEM(who, api.journal().who_has(id, "", 1));
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  write_row(out, group);
  std::string text = std::move(out).take();
  text.pop_back();
  text += ",\"threat\": ";
  std::string threat = "null";
  if (!who.items.empty()) {
    PLIMSOLL_OR_PROBLEM(asset, StoredAsset::read(api.journal(), who.items.front().asset));
    for (const simdjson::dom::element each : asset.list("threats")) {
      if (text_of(each, "id") != id.value) continue;
      threat = simdjson::minify(each);
      break;
    }
  }
  return json_response(text + threat + "}\n");
}

Response list_threat_assets(Api& api, const Call& call) {
  size_t limit = 100;
  if (const Status taken = take_limit(call, limit, journal::max_page); !taken.ok()) return problem(taken.error());
  PLIMSOLL_OR_PROBLEM(page, api.journal().who_has({call.parameter("id")}, std::string(call.asked("cursor")), limit));
  return json_response(page_json(page));
}

}  // namespace plimsoll::server
