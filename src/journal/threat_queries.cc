#include "base/text.h"
#include "journal/page.h"
#include "journal/queries.h"

namespace plimsoll::journal {
namespace {

#define GROUP_COLUMNS "no, id, kind, title, level, score, known_exploited, epss, assets, fixable, first_seen, rank"

// Groups with the numbers of their rows.
using Numbered = std::vector<std::pair<int64_t, ThreatGroup*>>;

Status add_packages(Database& db, const Numbered& groups, const std::vector<int64_t>& numbers) {
  return db.each_of(
      "SELECT DISTINCT package, fixed_version FROM (SELECT package, fixed_version FROM threats WHERE threat_group = ? "
      "AND resolved_at IS NULL LIMIT 20) few ORDER BY package, fixed_version DESC",
      numbers, [&](size_t which, const Row& row) {
        constexpr size_t most = 3;
        ThreatGroup& group = *groups[which].second;
        const std::string package = row.bytes(0), fixed = row.bytes(1);
        if (group.fixed_version.empty()) group.fixed_version = fixed;
        if (package.empty() || group.packages.size() == most) return;
        if (group.packages.empty() || group.packages.back() != package) group.packages.push_back(package);
      });
}

#define WORST_OF_GROUP                                                                                              \
  "SELECT a.score, a.name, a.not_assessed FROM threats t JOIN assets a ON a.no = t.asset WHERE t.threat_group = ? " \
  "AND t.resolved_at IS NULL AND a.gone_at IS NULL ORDER BY "

// Where few have it they are looked at one by one; where many do, one of them is near the top of all assets by score,
// and nobody below is looked at. Left to itself the planner takes the second way for both ("+ 0" is no index's order).
Status add_worst(Database& db, const Numbered& groups) {
  constexpr int few = 300;
  for (const bool by_score : {false, true}) {
    Numbered these;
    std::vector<int64_t> numbers;
    for (const auto& [no, group] : groups) {
      if ((group->assets > few) != by_score) continue;
      these.emplace_back(no, group);
      numbers.push_back(no);
    }
    PLIMSOLL_CHECK(db.each_of(
        by_score ? WORST_OF_GROUP "a.score DESC, a.no LIMIT 1" : WORST_OF_GROUP "a.score + 0 DESC, a.no LIMIT 1",
        numbers, [&](size_t which, const Row& row) {
          these[which].second->worst_score = row.number(0);
          these[which].second->worst_asset = row.bytes(1);
          these[which].second->worst_not_assessed = static_cast<size_t>(row.integer(2));
        }));
  }
  return Done{};
}

// Some packages that each group is in, with a version that fixes it, from a few of its rows; and the worst asset of
// all.
Status add_examples(Database& db, const Numbered& groups) {
  std::vector<int64_t> numbers;
  for (const auto& [no, group] : groups) numbers.push_back(no);
  PLIMSOLL_CHECK(add_packages(db, groups, numbers));
  return add_worst(db, groups);
}

ThreatGroup group_of(const Row& row) {
  ThreatGroup out;
  out.id.value = row.bytes(1);
  out.kind = static_cast<ThreatKind>(row.number(2));
  out.title = row.bytes(3);
  out.level = static_cast<SeverityLevel>(row.number(4));
  out.score = row.maybe_real(5);
  out.known_exploited = row.integer(6) != 0;
  out.epss = row.maybe_real(7);
  out.assets = row.number(8);
  out.fixable = row.number(9);
  out.first_seen = row.instant(10);
  return out;
}

#define THREAT_COLUMNS                                                                                                 \
  "t.no, g.id, g.kind, a.id, a.name, a.score, t.level, t.score, t.package, t.version, t.fixed_version, t.first_seen, " \
  "coalesce(t.last_seen, a.last_seen), t.resolved_at, t.rank, g.title, g.known_exploited, g.epss, a.not_assessed"
#define THREAT_TABLES " FROM threats t JOIN threat_groups g ON g.no = t.threat_group JOIN assets a ON a.no = t.asset"

ThreatRow threat_of(const Row& row) {
  ThreatRow out;
  out.id.value = row.bytes(1);
  out.kind = static_cast<ThreatKind>(row.number(2));
  out.asset.value = row.bytes(3);
  out.asset_name = row.bytes(4);
  out.asset_score = row.number(5);
  out.level = static_cast<SeverityLevel>(row.number(6));
  out.score = row.maybe_real(7);
  out.package = row.bytes(8);
  out.version = row.bytes(9);
  out.fixed_version = row.bytes(10);
  out.first_seen = row.instant(11);
  out.last_seen = row.instant(12);
  out.resolved_at = row.maybe_instant(13);
  out.title = row.bytes(15);
  out.known_exploited = row.integer(16) != 0;
  out.epss = row.maybe_real(17);
  out.asset_not_assessed = static_cast<size_t>(row.integer(18));
  return out;
}

int kind_of(const ThreatQuery& query) { return query.kind ? static_cast<int>(*query.kind) : -1; }

// What lists of groups are taken from; ?1 to ?5. What is searched for is looked up in its own narrow table.
std::string groups_that_fit(const ThreatQuery& query) {
  const std::string from =
      query.text.empty() ? " FROM threat_groups WHERE ?3 = ''"
                         : " FROM threat_words JOIN threat_groups ON no = threat_group WHERE words LIKE ?3 ESCAPE '\\'";
  return from +
         " AND assets > 0 AND (?1 < 0 OR kind = ?1) AND ((?2 >> CAST(level AS INTEGER)) & 1) <> 0 "
         "AND (?4 = 0 OR known_exploited <> 0) AND (?5 = 0 OR fixable > 0)";
}

}  // namespace

Result<Page<ThreatGroup>> read_threats(Database& db, const ThreatQuery& query) {
  PLIMSOLL_TRY(cursor, parse_number_cursor(query.cursor));
  const size_t limit = page_limit(query.limit);
  Paging<ThreatGroup> paging(limit);
  std::vector<std::pair<ThreatGroup, Cursor>> found;
  PLIMSOLL_CHECK(db.each(
      "SELECT " GROUP_COLUMNS + groups_that_fit(query) +
          " AND rank <= ?6 AND (rank < ?6 OR no > ?7) ORDER BY rank DESC, no LIMIT ?8",
      [&](const Row& row) { found.emplace_back(group_of(row), Cursor{row.bytes(11), row.integer(0)}); }, kind_of(query),
      mask_of(query.levels), pattern_of(query.text), query.known_exploited, query.fixable,
      cursor ? cursor->key : INT64_MAX, cursor ? cursor->no : -1, limit + 1));
  Numbered groups;
  for (auto& [group, here] : found) groups.emplace_back(here.no, &group);
  PLIMSOLL_CHECK(add_examples(db, groups));
  for (auto& [group, here] : found) paging.add(std::move(group), std::move(here));
  if (query.cursor.empty()) {
    PLIMSOLL_CHECK(db.each(
        "SELECT count(*)" + groups_that_fit(query),
        [&](const Row& row) { paging.total(static_cast<uint64_t>(row.integer(0))); }, kind_of(query),
        mask_of(query.levels), pattern_of(query.text), query.known_exploited, query.fixable));
  }
  return std::move(paging).page();
}

Result<ThreatGroup> read_threat(Database& db, const ThreatId& id) {
  std::optional<ThreatGroup> found;
  int64_t no = 0;
  PLIMSOLL_CHECK(db.each(
      "SELECT " GROUP_COLUMNS " FROM threat_groups WHERE id = ?",
      [&](const Row& row) {
        found = group_of(row);
        no = row.integer(0);
      },
      id.value));
  if (!found) return not_found("threat", id.value);
  PLIMSOLL_CHECK(add_examples(db, {{no, &*found}}));
  return *std::move(found);
}

Result<Page<ThreatRow>> read_who_has(Database& db, const ThreatId& id, const std::string& at, size_t asked) {
  PLIMSOLL_TRY(cursor, parse_number_cursor(at));
  const size_t limit = page_limit(asked);
  Paging<ThreatRow> paging(limit);
  PLIMSOLL_CHECK(db.each(
      "SELECT " THREAT_COLUMNS THREAT_TABLES
      " WHERE t.threat_group = (SELECT no FROM threat_groups WHERE id = ?1) AND t.resolved_at IS NULL "
      "AND a.gone_at IS NULL AND (a.score < ?2 OR (a.score = ?2 AND t.no > ?3)) ORDER BY a.score DESC, t.no LIMIT ?4",
      [&](const Row& row) { paging.add(threat_of(row), {row.bytes(5), row.integer(0)}); }, id.value,
      cursor ? cursor->key : INT64_MAX, cursor ? cursor->no : -1, limit + 1));
  if (at.empty()) {
    PLIMSOLL_CHECK(db.each(
        "SELECT count(*)" THREAT_TABLES
        " WHERE t.threat_group = (SELECT no FROM threat_groups WHERE id = ?) AND t.resolved_at IS NULL "
        "AND a.gone_at IS NULL",
        [&](const Row& row) { paging.total(static_cast<uint64_t>(row.integer(0))); }, id.value));
  }
  return std::move(paging).page();
}

Result<Page<ThreatRow>> read_threats_of(Database& db, const AssetId& id, bool resolved, const ThreatQuery& query) {
  PLIMSOLL_TRY(cursor, parse_number_cursor(query.cursor));
  const size_t limit = page_limit(query.limit);
  Paging<ThreatRow> paging(limit);
  const std::string order = resolved ? "t.resolved_at" : "t.rank";
  const int key = resolved ? 13 : 14;
  const std::string filter =
      THREAT_TABLES " WHERE t.asset = (SELECT no FROM assets WHERE id = ?1) AND t.resolved_at " +
      std::string(resolved ? "IS NOT NULL" : "IS NULL") +
      " AND (?2 < 0 OR g.kind = ?2) AND ((?3 >> CAST(t.level AS INTEGER)) & 1) <> 0 AND (?4 = '' OR lower(g.id || '\n' "
      "|| "
      "g.title || '\n' || t.package) LIKE ?4 ESCAPE '\\') AND (?5 = 0 OR g.known_exploited <> 0) "
      "AND (?6 = 0 OR t.fixed_version <> '')";
  PLIMSOLL_CHECK(db.each(
      "SELECT " THREAT_COLUMNS + filter + " AND (" + order + " < ?7 OR (" + order + " = ?7 AND t.no > ?8)) ORDER BY " +
          order + " DESC, t.no LIMIT ?9",
      [&](const Row& row) { paging.add(threat_of(row), {row.bytes(key), row.integer(0)}); }, id.value, kind_of(query),
      mask_of(query.levels), pattern_of(query.text), query.known_exploited, query.fixable,
      cursor ? cursor->key : INT64_MAX, cursor ? cursor->no : -1, limit + 1));
  if (query.cursor.empty()) {
    PLIMSOLL_CHECK(db.each(
        "SELECT count(*)" + filter, [&](const Row& row) { paging.total(static_cast<uint64_t>(row.integer(0))); },
        id.value, kind_of(query), mask_of(query.levels), pattern_of(query.text), query.known_exploited, query.fixable));
  }
  return std::move(paging).page();
}

}  // namespace plimsoll::journal
