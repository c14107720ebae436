#include <algorithm>

#include "journal/package_index.h"
#include "journal/page.h"

namespace plimsoll::journal {
namespace {

// More names than this are not looked at for one page of hits: some of them belong to nobody any more.
constexpr size_t most_candidates = 64;
constexpr size_t shown_holders = 3;
// A search answers while one types, whoever has a package: no more assets are counted, or looked at for examples.
constexpr int most_counted = 1000, most_looked_at = 300;

// Packages in their inventories (c.hash); of one package by name and type, ?1 and ?2.
#define PLACES " FROM packages p JOIN package_places x ON x.package = p.no JOIN contents c ON c.no = x.content"
#define THIS_ONE " WHERE p.name = ?1 AND p.type = ?2"

// The columns that holder_of() reads, of assets a.
#define HOLDER "a.id, a.name, a.kind, a.node, a.score, a.level, a.not_assessed"

PackageHolder holder_of(const Row& row) {
  return {{row.bytes(0)},
          row.bytes(1),
          static_cast<AssetKind>(row.number(2)),
          row.bytes(3),
          row.number(4),
          static_cast<ThreatLevel>(row.number(5)),
          static_cast<size_t>(row.integer(6)),
          {}};
}

// Names that hold the text: that name itself first, then those that begin so, then the shortest.
Result<std::vector<PackageGroup>> candidates(Database& db, const std::string& text) {
  const std::string pattern = pattern_of(text);
  std::vector<PackageGroup> out;
  PLIMSOLL_CHECK(db.each(
      "SELECT name, type, count(*) FROM packages WHERE lower(name) LIKE ?1 ESCAPE '\\' GROUP BY name, type "
      "ORDER BY CASE WHEN lower(name) = ?2 THEN 0 WHEN lower(name) LIKE ?3 ESCAPE '\\' THEN 1 ELSE 2 END, "
      "length(name), name, type LIMIT ?4",
      [&](const Row& row) {
        out.push_back({static_cast<PackageType>(row.number(1)), row.bytes(0), row.number(2), 0, false, {}});
      },
      pattern, lower(text), pattern.substr(1), most_candidates));
  return out;
}

// The plus keeps SQLite from taking the index of what is there, with which it would look at all of it.
Status count_assets(Database& db, PackageGroup& group) {
  PLIMSOLL_CHECK(db.each(
      "SELECT count(*) FROM (SELECT DISTINCT a.no" PLACES " JOIN assets a ON a.inventory = c.hash" THIS_ONE
      " AND +a.gone_at IS NULL LIMIT ?3) counted",
      [&](const Row& row) { group.assets = row.number(0); }, group.name, static_cast<int>(group.type),
      most_counted + 1));
  group.more = group.assets > most_counted;
  group.assets = std::min(group.assets, most_counted);
  return Done{};
}

// Few have it: the worst of them. Many do: those of the worst assets of all that have it, so that not all are sorted.
Status add_worst(Database& db, PackageGroup& group) {
  static const std::string columns = "SELECT " HOLDER " FROM ";
  static const std::string whose = " WHERE gone_at IS NULL AND inventory IN (SELECT c.hash" PLACES THIS_ONE ") ";
  static const std::string worst_of_all =
      "(SELECT * FROM assets WHERE +gone_at IS NULL ORDER BY score DESC, no LIMIT ?4) a "
      "WHERE EXISTS (SELECT 1" PLACES THIS_ONE " AND c.hash = a.inventory) ";
  const std::string sql = columns + (group.more ? worst_of_all : "assets a" + whose + "AND ?4 > 0 ");
  return db.each(
      sql + "ORDER BY score DESC, no LIMIT ?3", [&](const Row& row) { group.worst.push_back(holder_of(row)); },
      group.name, static_cast<int>(group.type), shown_holders, most_looked_at);
}

}  // namespace

Result<std::vector<PackageGroup>> find_packages(Database& db, const std::string& text, size_t limit) {
  std::vector<PackageGroup> out;
  if (text.empty()) return out;
  PLIMSOLL_TRY(found, candidates(db, text));
  for (PackageGroup& group : found) {
    if (out.size() == limit) break;
    PLIMSOLL_CHECK(count_assets(db, group));
    if (group.assets == 0) continue;
    PLIMSOLL_CHECK(add_worst(db, group));
    out.push_back(std::move(group));
  }
  return out;
}

Result<Page<PackageHolder>> read_package_holders(Database& db, const PackageQuery& query) {
  // One row for each asset and version.
  static const std::string from = PLACES " JOIN assets a ON a.inventory = c.hash" THIS_ONE " AND a.gone_at IS NULL";
  PLIMSOLL_TRY(cursor, parse_number_cursor(query.cursor));
  const size_t limit = page_limit(query.limit);
  const int type = static_cast<int>(query.type);
  Paging<PackageHolder> paging(limit);
  // An asset with several versions has a row for each: what tells rows of one score apart is both numbers.
  const std::string number = "(a.no * 4294967296 + p.no)";
  PLIMSOLL_CHECK(db.each(
      "SELECT " HOLDER ", p.version, " + number + from + " AND (a.score < ?3 OR (a.score = ?3 AND " + number +
          " > ?4)) ORDER BY a.score DESC, " + number + " LIMIT ?5",
      [&](const Row& row) {
        PackageHolder holder = holder_of(row);
        holder.version = row.bytes(7);
        paging.add(std::move(holder), {row.bytes(4), row.integer(8)});
      },
      query.name, type, cursor ? cursor->key : INT64_MAX, cursor ? cursor->no : -1, limit + 1));
  if (query.cursor.empty()) {
    PLIMSOLL_CHECK(db.each(
        "SELECT count(*)" + from, [&](const Row& row) { paging.total(static_cast<uint64_t>(row.integer(0))); },
        query.name, type));
  }
  return std::move(paging).page();
}

}  // namespace plimsoll::journal
