#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "model/names.h"
#include "report/formats.h"
#include "server/api.h"
#include "server/handlers.h"
#include "server/json_rows.h"
#include "server/keyed_page.h"
#include "server/parameters.h"
#include "server/stored_asset.h"

namespace plimsoll::server {
namespace {

using Element = simdjson::dom::element;

std::string as_json(std::string_view text) {
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.value(text);
  return std::move(out).take();
}

// The threats of each package, by its name and version.
struct OfPackage {
  int threats = 0;
  SeverityLevel worst = SeverityLevel::unknown;
};
std::map<std::pair<std::string_view, std::string_view>, OfPackage> threats_by_package(const StoredAsset& asset) {
  std::map<std::pair<std::string_view, std::string_view>, OfPackage> out;
  for (const Element threat : asset.list("threats")) {
    Element package, severity;
    if (threat["package"].get(package) != simdjson::SUCCESS) continue;
    OfPackage& of = out[{text_of(package, "name"), text_of(package, "version")}];
    ++of.threats;
    if (threat["severity"].get(severity) != simdjson::SUCCESS) continue;
    of.worst = std::max(of.worst, parse_severity_level(text_of(severity, "level")).value_or(SeverityLevel::unknown));
  }
  return out;
}

// Lists show first what a process has loaded: a flaw there counts.
char rank_of(std::string_view loaded) { return loaded == "yes" ? '0' : loaded == "unknown" ? '1' : '2'; }

struct PackageFilter {
  std::string text, type, loaded;
  bool vulnerable = false;
};
Result<PackageFilter> package_filter(const Call& call) {
  PackageFilter out;
  std::optional<PackageType> type;
  std::optional<Loaded> loaded;
  PLIMSOLL_CHECK(take_word(call, "type", parse_package_type, type));
  PLIMSOLL_CHECK(take_word(call, "loaded", parse_loaded, loaded));
  PLIMSOLL_CHECK(take_truth(call, "vulnerable", out.vulnerable));
  out.text = lower(call.asked("text"));
  out.type = call.asked("type");
  out.loaded = call.asked("loaded");
  return out;
}

bool passes(Element package, const PackageFilter& filter) {
  if (!filter.type.empty() && text_of(package, "type") != filter.type) return false;
  if (!filter.loaded.empty() && text_of(package, "loaded") != filter.loaded) return false;
  if (filter.text.empty()) return true;
  for (const std::string_view name : {"name", "version", "source_name", "purl", "location"}) {
    if (lower(text_of(package, name)).find(filter.text) != std::string::npos) return true;
  }
  return false;
}

// What would lower one asset, largest fall first.
std::pair<std::string, size_t> fixes_json(const Report& overview, const AssetId& id) {
  std::vector<std::pair<int, const FixAction*>> found;
  for (const FixAction& fix : overview.fixes) {
    for (const FixAction::Fall& fall : fix.falls) {
      if (fall.asset == id) found.emplace_back(fall.before - fall.after, &fix);
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_array();
  for (const auto& [fall, fix] : found) write_row(out, *fix);
  out.end_array();
  return {std::move(out).take(), found.size()};
}

}  // namespace

Response get_asset_makeup(Api& api, const Call& call) {
  const AssetId id{call.parameter("id")};
  PLIMSOLL_OR_PROBLEM(asset, StoredAsset::read(api.journal(), id));
  PLIMSOLL_OR_PROBLEM(overview, api.overview());
  PLIMSOLL_OR_PROBLEM(whole, asset.values());
  wire::JsonWriter row(wire::JsonWriter::Layout::one_line);
  write_row(row, asset.row(), api.open_responses());
  std::string out = "{\"asset\": " + std::move(row).take();
  for (const char* name : {"own", "own_threats", "additions", "inherited", "from_outside", "wan", "contributions",
                           "routes", "not_assessed"})
    out += fmt::format(",\n\"{}\": {}", name, asset.json(name));
  out += fmt::format(",\n\"excepted\": {}", whole.excepted.size());
  const auto [fixes, count] = fixes_json(*overview, id);
  out += ",\n\"fixes\": " + fixes;
  const auto& fixed = whole.assessment.if_fixed;
  out += fixed ? fmt::format(",\n\"if_fixed\": {{\"score\": {}, \"level\": \"{}\", \"actions\": {}}}", fixed->score,
                             name_of(fixed->level), count)
               : ",\n\"if_fixed\": null";
  report::Options options;
  options.columns = 100;
  options.db_age_warning_days = api.in_force()->policy.scoring.db_age_warning_days;
  out += ",\n\"text\": " + as_json(report::render_explain(whole, *overview, options));
  return json_response(out + "}\n");
}

Response list_asset_packages(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(filter, package_filter(call));
  PLIMSOLL_OR_PROBLEM(asset, StoredAsset::read(api.journal(), {call.parameter("id")}));
  const auto threats = threats_by_package(asset);
  KeyedPages pages(call);
  for (const Element package : asset.list("packages")) {
    if (!passes(package, filter)) continue;
    const std::string_view name = text_of(package, "name"), version = text_of(package, "version");
    const auto found = threats.find({name, version});
    if (filter.vulnerable && found == threats.end()) continue;
    const std::string worst = found == threats.end() ? "null" : fmt::format("\"{}\"", name_of(found->second.worst));
    pages.add(
        fmt::format("{}{}\n{}\n{}", rank_of(text_of(package, "loaded")), name, version, text_of(package, "location")),
        with_members(package, fmt::format(",\"threats\":{},\"worst\":{}",
                                          found == threats.end() ? 0 : found->second.threats, worst)));
  }
  PLIMSOLL_OR_PROBLEM(page, pages.json());
  return json_response(std::move(page));
}

Response list_asset_processes(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(asset, StoredAsset::read(api.journal(), {call.parameter("id")}));
  Element container;
  simdjson::dom::array processes;
  std::string out = "{\"items\": [";
  if (asset.at("container").get(container) == simdjson::SUCCESS &&
      container["processes"].get(processes) == simdjson::SUCCESS) {
    bool first = true;
    for (const Element process : processes) {
      out += (first ? "\n" : ",\n") + simdjson::minify(process);
      first = false;
    }
  }
  return json_response(out + "]}\n");
}

// Names every package, whatever is shown of it; of one that is gone, too.
Response get_asset_sbom(Api& api, const Call& call) {
  const std::string_view wanted = call.asked("format").empty() ? "cyclonedx" : call.asked("format");
  if (wanted != "cyclonedx" && wanted != "spdx") return problem(not_a_value("format", wanted));
  PLIMSOLL_OR_PROBLEM(asset, StoredAsset::read(api.journal(), {call.parameter("id")}));
  PLIMSOLL_OR_PROBLEM(overview, api.overview());
  PLIMSOLL_OR_PROBLEM(whole, asset.values());
  Report part;
  part.generated_at = overview->generated_at;
  part.tool_version = overview->tool_version;
  part.threat_db = overview->threat_db;
  part.assets = {std::move(whole)};
  const report::Format& format = *report::find_format(wanted);
  return file_response(format, format.render(part, {}), "plimsoll-sbom");
}

}  // namespace plimsoll::server
