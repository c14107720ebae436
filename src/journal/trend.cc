#include "journal/trend.h"

#include <array>

namespace plimsoll::journal {
namespace {

constexpr int64_t hour = 3600;
constexpr std::array levels = {ThreatLevel::minimal, ThreatLevel::low, ThreatLevel::medium, ThreatLevel::high,
                               ThreatLevel::critical};

}  // namespace

Status put_trend(Database& db, Instant at) {
  TrendPoint now;
  PLIMSOLL_CHECK(
      db.each("SELECT level, count(*) FROM assets WHERE gone_at IS NULL GROUP BY level",
              [&](const Row& row) { now.by_level[static_cast<ThreatLevel>(row.number(0))] = row.number(1); }));
  PLIMSOLL_CHECK(db.each("SELECT score, name FROM assets WHERE gone_at IS NULL ORDER BY score DESC, no LIMIT 1",
                         [&](const Row& row) {
                           now.worst_score = row.number(0);
                           now.worst = row.bytes(1);
                         }));
  const int64_t moment = at.time_since_epoch().count();
  return db.run(
      "INSERT INTO trend (at, worst_score, worst, minimal, low, medium, high, critical) VALUES (?, ?, ?, ?, ?, ?, ?, "
      "?) "
      "ON CONFLICT (at) DO UPDATE SET "
      "worst = CASE WHEN excluded.worst_score > trend.worst_score THEN excluded.worst ELSE trend.worst END, "
      "worst_score = CASE WHEN excluded.worst_score > trend.worst_score THEN excluded.worst_score "
      "ELSE trend.worst_score END, minimal = excluded.minimal, low = excluded.low, medium = excluded.medium, "
      "high = excluded.high, critical = excluded.critical",
      moment - moment % hour, now.worst_score, now.worst, now.by_level[levels[0]], now.by_level[levels[1]],
      now.by_level[levels[2]], now.by_level[levels[3]], now.by_level[levels[4]]);
}

Result<std::vector<TrendPoint>> read_trend(Database& db, Instant since, Instant until) {
  std::vector<TrendPoint> points;
  PLIMSOLL_CHECK(db.each(
      "SELECT at, worst_score, worst, minimal, low, medium, high, critical FROM trend WHERE at >= ? AND at < ? "
      "ORDER BY at",
      [&](const Row& row) {
        TrendPoint point;
        point.at = row.instant(0);
        point.worst_score = row.number(1);
        point.worst = row.bytes(2);
        for (size_t i = 0; i < levels.size(); ++i) point.by_level[levels[i]] = row.number(3 + static_cast<int>(i));
        points.push_back(std::move(point));
      },
      since, until));
  return points;
}

}  // namespace plimsoll::journal
