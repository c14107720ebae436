#include <algorithm>
#include <set>

#include "server/api.h"
#include "server/handlers.h"
#include "server/json_rows.h"
#include "server/parameters.h"
#include "server/stored_asset.h"

namespace plimsoll::server {
namespace {

// The assets of a node, by id.
Result<std::set<std::string>> assets_of(const journal::Journal& journal, std::string_view node) {
  std::set<std::string> out;
  journal::AssetQuery query;
  query.node = node;
  query.limit = journal::max_page;
  do {
    PLIMSOLL_TRY(page, journal.assets(query));
    for (const journal::AssetRow& row : page.items) out.insert(row.asset.id.value);
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return out;
}

void write_together(wire::JsonWriter& out, const FixesTogether& together) {
  out.begin_object().member("worst_before", together.worst_before).member("worst_after", together.worst_after);
  out.member("total_fall", together.total_fall).key("falls").begin_array();
  for (const FixAction::Fall& fall : together.falls) write_row(out, fall);
  out.end_array().end_object();
}

FixesTogether nothing_done(Api& api) {
  const Result<journal::Summary> summary = api.journal().summary();
  const int worst = summary.ok() ? summary->worst_score : 0;
  return {0, worst, worst, 0, {}};
}

}  // namespace

Response list_fixes(Api& api, const Call& call) {
  constexpr size_t most = 50;
  size_t limit = 5;
  if (const Status taken = take_limit(call, limit, most); !taken.ok()) return problem(taken.error());
  PLIMSOLL_OR_PROBLEM(overview, api.overview());
  std::set<std::string> lowered;
  const std::string asset(call.asked("asset")), node(call.asked("node"));
  if (!node.empty()) {
    PLIMSOLL_OR_PROBLEM(there, assets_of(api.journal(), node));
    lowered = std::move(there);
  }
  const auto helps = [&](const FixAction::Fall& fall) {
    return (asset.empty() || fall.asset.value == asset) && (node.empty() || lowered.contains(fall.asset.value));
  };
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().key("items").begin_array();
  size_t written = 0;
  for (const FixAction& fix : overview->fixes) {
    if (written == limit) break;
    if (std::none_of(fix.falls.begin(), fix.falls.end(), helps)) continue;
    write_row(out, fix);
    ++written;
  }
  out.end_array().key("together");
  // Worked out for the beginnings of the whole list alone.
  const bool whole = asset.empty() && node.empty();
  if (whole && written <= overview->together.size())
    write_together(out, written == 0 ? nothing_done(api) : overview->together[written - 1]);
  else
    out.null();
  out.end_object();
  return json_response(std::move(out).take() + "\n");
}

}  // namespace plimsoll::server
