#include "server/trend.h"

#include <simdjson.h>

#include <algorithm>
#include <map>

namespace plimsoll::server {
namespace {

struct Moves {
  uint64_t appeared = 0, resolved = 0;
};

// What the events of the time say of threats, by asset.
Result<std::map<AssetId, Moves>> moves_in(const journal::Journal& journal, Instant since, Instant until) {
  std::map<AssetId, Moves> out;
  simdjson::dom::parser parser;
  journal::EventQuery query;
  query.kind = journal::event_kind::threats_changed;
  query.since = since;
  query.until = until;
  query.limit = journal::max_page;
  for (;;) {
    PLIMSOLL_TRY(events, journal.events(query));
    for (const journal::Event& event : events) {
      const simdjson::padded_string body(event.body);
      simdjson::dom::element whole;
      uint64_t number = 0;
      if (parser.parse(body).get(whole) != simdjson::SUCCESS) continue;
      Moves& moves = out[event.subject];
      if (whole["new"].get(number) == simdjson::SUCCESS) moves.appeared += number;
      if (whole["resolved"].get(number) == simdjson::SUCCESS) moves.resolved += number;
    }
    if (events.size() < query.limit) return out;
    query.after = events.back().sequence;
  }
}

Status add_scores(const journal::Journal& journal, const Trend& trend, TrendRow& row) {
  // While somebody looks there is a point at least every hour; days later they are one a day.
  constexpr std::chrono::hours look_back{36};
  PLIMSOLL_TRY(points, journal.history(row.asset.asset.id, trend.since - look_back, trend.until));
  row.highest = row.asset.score;
  for (const journal::ScorePoint& point : points) {
    if (point.at <= trend.since || (!row.before && row.asset.first_seen <= trend.since)) row.before = point.score;
    if (point.at >= trend.since) row.highest = std::max(row.highest, point.score);
  }
  return Done{};
}

void count(Trend& trend) {
  for (const TrendRow& row : trend.rows) {
    trend.appeared += row.appeared;
    trend.resolved += row.resolved;
    trend.came += row.came;
    trend.went += row.went;
    if (!row.before || row.went) continue;
    trend.worse += row.rise() > 0;
    trend.better += row.rise() < 0;
  }
  std::stable_sort(trend.rows.begin(), trend.rows.end(),
                   [](const TrendRow& a, const TrendRow& b) { return a.rise() > b.rise(); });
}

}  // namespace

Result<Trend> take_trend(const journal::Journal& journal, Instant since, Instant until,
                         const std::function<bool(const Asset&)>& keep) {
  Trend out;
  out.since = since;
  out.until = until;
  PLIMSOLL_TRY(moves, moves_in(journal, since, until));
  journal::AssetQuery query;
  query.gone = true;
  query.limit = journal::max_page;
  do {
    PLIMSOLL_TRY(page, journal.assets(query));
    for (const journal::AssetRow& asset : page.items) {
      if (!keep(asset.asset) || (asset.gone_at && *asset.gone_at < since) || asset.first_seen >= until) continue;
      TrendRow row;
      row.asset = asset;
      row.came = asset.first_seen >= since;
      row.went = asset.gone_at.has_value() && *asset.gone_at < until;
      if (const auto found = moves.find(asset.asset.id); found != moves.end()) {
        row.appeared = found->second.appeared;
        row.resolved = found->second.resolved;
      }
      PLIMSOLL_CHECK(add_scores(journal, out, row));
      out.rows.push_back(std::move(row));
    }
    query.cursor = page.next;
  } while (!query.cursor.empty());
  count(out);
  return out;
}

}  // namespace plimsoll::server
