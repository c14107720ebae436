#include <simdjson.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "journal/cursor.h"
#include "journal/packing.h"
#include "journal/page.h"
#include "journal/queries.h"

namespace plimsoll::journal {
namespace {

#define ASSET_COLUMNS                                                                                          \
  "no, id, kind, name, node, image, platform, status, labels, os, score, level, critical, high, medium, low, " \
  "unknown, "                                                                                                  \
  "not_assessed, first_seen, last_seen, scanned_at, gone_at, details"

std::map<std::string, std::string> labels_of(const std::string& json) {
  std::map<std::string, std::string> labels;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(json).get(object) != simdjson::SUCCESS) return labels;
  for (const auto& [key, value] : object) {
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) labels.emplace(key, text);
  }
  return labels;
}

AssetRow asset_of(const Row& row) {
  AssetRow out;
  out.asset.id.value = row.bytes(1);
  out.asset.kind = static_cast<AssetKind>(row.number(2));
  out.asset.name = row.bytes(3);
  out.asset.node = row.bytes(4);
  out.asset.image = row.bytes(5);
  out.asset.platform = row.bytes(6);
  out.asset.status = row.bytes(7);
  out.asset.labels = labels_of(row.bytes(8));
  out.os = row.bytes(9);
  out.score = row.number(10);
  out.level = static_cast<ThreatLevel>(row.number(11));
  out.counts = {row.number(12), row.number(13), row.number(14), row.number(15), row.number(16)};
  out.not_assessed = static_cast<size_t>(row.integer(17));
  out.first_seen = row.instant(18);
  out.last_seen = row.instant(19);
  out.scanned_at = row.instant(20);
  out.gone_at = row.maybe_instant(21);
  out.details = row.bytes(22);
  return out;
}

// What lists of assets are taken from; ?1 to ?6. What is searched for is looked up in its own narrow table.
std::string assets_that_fit(const AssetQuery& query) {
  const std::string from = query.text.empty()
                               ? " FROM assets WHERE ?4 = ''"
                               : " FROM asset_words JOIN assets ON no = asset WHERE words LIKE ?4 ESCAPE '\\'";
  return from +
         " AND (?1 < 0 OR kind = ?1) AND ((?2 >> CAST(level AS INTEGER)) & 1) <> 0 AND (?3 = '' OR node = ?3) "
         "AND (?5 <> 0 OR gone_at IS NULL) AND (?6 = '' OR image = ?6)";
}

// What a list may be sorted by; ties go by the number of the row.
struct Order {
  const char* column;
  int place;    // of the column in ASSET_COLUMNS
  bool number;  // highest first; else a text, from a to z
};
constexpr std::array<Order, 6> orders{{{"score", 10, true},
                                       {"name", 3, false},
                                       {"critical", 12, true},
                                       {"node", 4, false},
                                       {"image", 5, false},
                                       {"scanned_at", 20, true}}};

}  // namespace

Result<Page<AssetRow>> read_assets(Database& db, const AssetQuery& query) {
  const int kind = query.kind ? static_cast<int>(*query.kind) : -1;
  const std::string text = pattern_of(query.text), from = assets_that_fit(query);
  const size_t limit = page_limit(query.limit);
  const Order& order = orders[static_cast<size_t>(query.sort)];
  const std::string by = order.column;
  Paging<AssetRow> paging(limit);
  const auto take = [&](const Row& row) { paging.add(asset_of(row), {row.bytes(order.place), row.integer(0)}); };
  if (order.number) {
    PLIMSOLL_TRY(cursor, parse_number_cursor(query.cursor));
    PLIMSOLL_CHECK(db.each("SELECT " ASSET_COLUMNS + from + " AND (" + by + " < ?7 OR (" + by +
                               " = ?7 AND no > ?8)) ORDER BY " + by + " DESC, no LIMIT ?9",
                           take, kind, mask_of(query.levels), query.node, text, query.gone, query.image,
                           cursor ? cursor->key : INT64_MAX, cursor ? cursor->no : -1, limit + 1));
  } else {
    PLIMSOLL_TRY(cursor, parse_cursor(query.cursor));
    PLIMSOLL_CHECK(
        db.each("SELECT " ASSET_COLUMNS + from + " AND (" + by + ", no) > (?7, ?8) ORDER BY " + by + ", no LIMIT ?9",
                take, kind, mask_of(query.levels), query.node, text, query.gone, query.image,
                cursor ? cursor->key : std::string(), cursor ? cursor->no : -1, limit + 1));
  }
  if (query.cursor.empty()) {
    PLIMSOLL_CHECK(db.each(
        "SELECT count(*)" + from, [&](const Row& row) { paging.total(static_cast<uint64_t>(row.integer(0))); }, kind,
        mask_of(query.levels), query.node, text, query.gone, query.image));
  }
  return std::move(paging).page();
}

Result<AssetDetail> read_asset(Database& db, const AssetId& id) {
  AssetDetail detail;
  int64_t no = 0;
  std::string body;
  PLIMSOLL_CHECK(db.each(
      "SELECT " ASSET_COLUMNS ", inventory FROM assets WHERE id = ?",
      [&](const Row& row) {
        no = row.integer(0);
        detail.row = asset_of(row);
        detail.inventory = row.bytes(23);
      },
      id.value));
  if (no == 0) return not_found("asset", id.value);
  PLIMSOLL_CHECK(
      db.each("SELECT report FROM asset_bodies WHERE asset = ?", [&](const Row& row) { body = row.bytes(0); }, no));
  PLIMSOLL_TRY(json, expand(body));
  detail.report_json = std::move(json);
  return detail;
}

Result<std::vector<ScorePoint>> read_history(Database& db, const AssetId& id, Instant since, Instant until) {
  std::vector<ScorePoint> points;
  bool known = false;
  PLIMSOLL_CHECK(db.each("SELECT 1 FROM assets WHERE id = ?", [&](const Row&) { known = true; }, id.value));
  if (!known) return not_found("asset", id.value);
  PLIMSOLL_CHECK(db.each(
      "SELECT at, score, level FROM scores WHERE asset = (SELECT no FROM assets WHERE id = ?) AND at >= ? AND at < ? "
      "ORDER BY at",
      [&](const Row& row) {
        points.push_back({row.instant(0), row.number(1), static_cast<ThreatLevel>(row.number(2))});
      },
      id.value, since, until));
  return points;
}

Result<std::map<AssetId, ScorePoint>> read_scores_at(Database& db, Instant at) {
  std::map<AssetId, ScorePoint> found;
  PLIMSOLL_CHECK(db.each(
      "SELECT a.id, s.at, s.score, s.level FROM assets a JOIN scores s ON s.asset = a.no AND s.at = "
      "(SELECT max(n.at) FROM scores n WHERE n.asset = a.no AND n.at <= ?1) "
      "WHERE a.first_seen <= ?1 AND (a.gone_at IS NULL OR a.gone_at > ?1)",
      [&](const Row& row) {
        found[{row.bytes(0)}] = {row.instant(1), row.number(2), static_cast<ThreatLevel>(row.number(3))};
      },
      at));
  return found;
}

Result<Summary> read_summary(Database& db) {
  Summary out;
  PLIMSOLL_CHECK(db.each(
      "SELECT kind, level, count(*), CAST(sum(critical) AS BIGINT), CAST(sum(high) AS BIGINT), "
      "CAST(sum(medium) AS BIGINT), CAST(sum(low) AS BIGINT), CAST(sum(unknown) AS BIGINT), "
      "sum(CASE WHEN not_assessed > 0 THEN 1 ELSE 0 END) FROM assets WHERE gone_at IS NULL GROUP BY kind, level",
      [&](const Row& row) {
        const auto kind = static_cast<AssetKind>(row.number(0));
        (kind == AssetKind::host        ? out.hosts
         : kind == AssetKind::container ? out.containers
                                        : out.images) += row.number(2);
        out.by_level[static_cast<ThreatLevel>(row.number(1))] += row.number(2);
        out.threats.critical += row.number(3);
        out.threats.high += row.number(4);
        out.threats.medium += row.number(5);
        out.threats.low += row.number(6);
        out.threats.unknown += row.number(7);
        out.not_assessed += row.number(8);
      }));
  PLIMSOLL_CHECK(db.each("SELECT count(*) FROM assets WHERE gone_at IS NOT NULL",
                         [&](const Row& row) { out.gone = row.number(0); }));
  PLIMSOLL_CHECK(db.each("SELECT id, score FROM assets WHERE gone_at IS NULL ORDER BY score DESC, no LIMIT 1",
                         [&](const Row& row) {
                           out.worst.value = row.bytes(0);
                           out.worst_score = row.number(1);
                         }));
  PLIMSOLL_CHECK(db.each("SELECT count(*) FROM threat_groups WHERE assets > 0 AND rank >= 1000000",
                         [&](const Row& row) { out.known_exploited = row.number(0); }));
  PLIMSOLL_CHECK(db.each("SELECT coalesce(max(sequence), 0) FROM events",
                         [&](const Row& row) { out.newest_event = static_cast<Sequence>(row.integer(0)); }));
  return out;
}

Result<std::string> read_overview(Database& db) {
  std::string body;
  PLIMSOLL_CHECK(db.each("SELECT body FROM overview", [&](const Row& row) { body = row.bytes(0); }));
  if (body.empty()) return body;
  return expand(body);
}

}  // namespace plimsoll::journal
