#include "journal/package_index.h"

#include <set>
#include <tuple>

#include "journal/packing.h"

namespace plimsoll::journal {
namespace {

Result<bool> is_indexed(Database& db, const std::string& hash) {
  bool found = false;
  PLIMSOLL_CHECK(db.each("SELECT 1 FROM contents WHERE hash = ?", [&](const Row&) { found = true; }, hash));
  return found;
}

struct Older {
  std::string hash, body;
};

// Some inventories without an index, by their hash, after one.
Result<std::vector<Older>> next_older(Database& db, const std::string& after, size_t limit) {
  std::vector<Older> out;
  PLIMSOLL_CHECK(db.each(
      "SELECT i.hash, i.body FROM inventories i WHERE i.hash > ? AND NOT EXISTS (SELECT 1 FROM contents c WHERE "
      "c.hash = i.hash) ORDER BY i.hash LIMIT ?",
      [&](const Row& row) { out.push_back({row.bytes(0), row.bytes(1)}); }, after, limit));
  return out;
}

Status index_some(Database& db, const std::vector<Older>& some) {
  PLIMSOLL_CHECK(db.begin(Access::write));
  const auto index = [&]() -> Status {
    db.take_time();
    for (const Older& each : some) {
      const auto text = expand(each.body);
      if (!text.ok()) continue;
      if (const auto packages = packages_in(*text); packages.ok())
        PLIMSOLL_CHECK(index_packages(db, each.hash, *packages));
    }
    return Done{};
  };
  Status done = index();
  if (done.ok()) done = db.commit();
  if (!done.ok()) db.roll_back();
  return done;
}

}  // namespace

Status index_packages(Database& db, const std::string& inventory_hash, const std::vector<Package>& packages) {
  PLIMSOLL_TRY(indexed, is_indexed(db, inventory_hash));
  if (indexed) return Done{};
  int64_t content = 0;
  PLIMSOLL_CHECK(db.each(
      "INSERT INTO contents (hash) VALUES (?) RETURNING no", [&](const Row& row) { content = row.integer(0); },
      inventory_hash));
  std::set<std::tuple<PackageType, std::string, std::string>> met;
  for (const Package& package : packages) {
    const auto [it, fresh] = met.emplace(package.type, holdable(package.name), holdable(package.version));
    if (!fresh) continue;
    const auto& [type, name, version] = *it;
    PLIMSOLL_CHECK(db.run("INSERT INTO packages (type, name, version) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                          static_cast<int>(type), name, version));
    PLIMSOLL_CHECK(
        db.run("INSERT INTO package_places (package, content) "
               "SELECT no, ? FROM packages WHERE name = ? AND type = ? AND version = ?",
               content, name, static_cast<int>(type), version));
  }
  return Done{};
}

Status index_older_inventories(Database& db) {
  constexpr size_t at_once = 100;
  std::string after;
  for (;;) {
    PLIMSOLL_TRY(some, next_older(db, after, at_once));
    if (some.empty()) return Done{};
    PLIMSOLL_CHECK(index_some(db, some));
    after = some.back().hash;
  }
}

Status trim_package_index(Database& db) {
  return db.script(
      "DELETE FROM package_places WHERE content IN "
      "(SELECT no FROM contents WHERE hash NOT IN (SELECT hash FROM inventories)); "
      "DELETE FROM contents WHERE hash NOT IN (SELECT hash FROM inventories); "
      "DELETE FROM packages WHERE NOT EXISTS (SELECT 1 FROM package_places WHERE package = packages.no)");
}

}  // namespace plimsoll::journal
