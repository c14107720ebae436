#include <algorithm>
#include <set>

#include "model/names.h"
#include "server/api.h"
#include "server/handlers.h"
#include "server/json_rows.h"
#include "server/parameters.h"
#include "server/stored_asset.h"
#include "server/stored_report.h"

namespace plimsoll::server {
namespace {

// What a report may hold: rows of threats, packages and checks together. Larger ones would take the service's memory.
constexpr uint64_t most_rows = 60'000;

struct Part {
  std::string asset, node, image;
};

uint64_t rows_of(const journal::AssetRow& row) {
  simdjson::dom::parser parser;
  simdjson::dom::element details;
  const journal::SeverityCounts& n = row.counts;
  const int64_t threats = int64_t{n.critical} + n.high + n.medium + n.low + n.unknown;
  const bool told = parser.parse(row.details).get(details) == simdjson::SUCCESS;
  return static_cast<uint64_t>(threats + (told ? number_of(details, "packages") : 0));
}

bool runs(const journal::AssetRow& row, const std::string& image) {
  simdjson::dom::parser parser;
  simdjson::dom::element details;
  if (row.asset.image == image || row.asset.id.value == "image:" + image || row.asset.id.value == image) return true;
  return parser.parse(row.details).get(details) == simdjson::SUCCESS && text_of(details, "image_id") == image;
}

// The assets of a part, worst first. unsupported: there is more in them than one answer may hold.
Result<std::vector<AssetId>> assets_of(const journal::Journal& journal, const Part& part) {
  if (!part.asset.empty()) return std::vector<AssetId>{{part.asset}};
  std::vector<AssetId> out;
  uint64_t rows = 0;
  journal::AssetQuery query;
  query.node = part.node;
  query.limit = journal::max_page;
  do {
    PLIMSOLL_TRY(page, journal.assets(query));
    for (const journal::AssetRow& row : page.items) {
      if (!part.image.empty() && !runs(row, part.image)) continue;
      out.push_back(row.asset.id);
      rows += rows_of(row);
    }
    query.cursor = page.next;
    if (rows > most_rows)
      return Error{ErrorKind::unsupported, "that report would hold more than " + std::to_string(most_rows) +
                                               " threats and packages; ask for a node, an image or an asset"};
  } while (!query.cursor.empty());
  if (out.empty()) return Error{ErrorKind::not_found, "no such asset is there now"};
  return out;
}

// What is between the assets of a report, and what it says of the whole, for these alone.
Status narrow(const journal::Journal& journal, Instant now, const Part& part, Report& report) {
  std::set<std::string> there;
  for (const AssetReport& asset : report.assets) there.insert(asset.asset.id.value);
  journal::FlowQuery query;
  query.since = now - std::chrono::hours(24);
  query.until = now;
  query.asset = {part.asset};
  PLIMSOLL_TRY(answer, journal.flows(query));
  for (Flow& flow : answer.flows) {
    if (there.contains(flow.from.asset.value) || there.contains(flow.to.asset.value))
      report.flows.push_back(std::move(flow));
  }
  std::erase_if(report.fixes, [&](const FixAction& fix) {
    return std::none_of(fix.falls.begin(), fix.falls.end(),
                        [&](const FixAction::Fall& fall) { return there.contains(fall.asset.value); });
  });
  const bool whole = part.asset.empty() && part.node.empty() && part.image.empty();
  if (!whole) report.together.clear();
  std::erase_if(report.network.events, [&](const NetworkEvent& event) {
    return !there.contains(event.source.asset.value) && !there.contains(event.target.asset.value);
  });
  return Done{};
}

}  // namespace

Result<Report> stored_report(const journal::Journal& journal, Instant now, const std::string& asset,
                             const std::string& node, const std::string& image) {
  const Part part{asset, node, image};
  PLIMSOLL_TRY(report, stored_overview(journal));
  PLIMSOLL_TRY(ids, assets_of(journal, part));
  for (const AssetId& id : ids) {
    PLIMSOLL_TRY(stored, StoredAsset::read(journal, id));
    PLIMSOLL_TRY(values, stored.values());
    report.assets.push_back(std::move(values));
  }
  PLIMSOLL_CHECK(narrow(journal, now, part, report));
  return report;
}

Response export_report(Api& api, const Call& call) {
  const std::string_view wanted = call.asked("format").empty() ? "json" : call.asked("format");
  const report::Format* format = report::find_format(wanted);
  if (format == nullptr) return problem(not_a_value("format", wanted));
  report::Options options;
  options.db_age_warning_days = api.in_force()->policy.scoring.db_age_warning_days;
  options.threats_per_asset = 0;
  options.columns = 120;
  if (const Status taken = take_words(call, "level", parse_severity_level, options.severities); !taken.ok())
    return problem(taken.error());
  if (const Status taken = take_truth(call, "only_fixed", options.only_fixed); !taken.ok())
    return problem(taken.error());
  PLIMSOLL_OR_PROBLEM(report, stored_report(api.journal(), call.now, std::string(call.asked("asset")),
                                            std::string(call.asked("node")), std::string(call.asked("image"))));
  return file_response(*format, format->render(report, options), "plimsoll-report");
}

}  // namespace plimsoll::server
