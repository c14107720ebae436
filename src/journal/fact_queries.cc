#include <array>
#include <tuple>

#include "journal/packing.h"
#include "journal/queries.h"

namespace plimsoll::journal {
namespace {

// The three parts of an asset's facts, compressed.
struct Packed {
  std::string facts, inventory, gaps;
};

Result<AssetReport> unpack(const Packed& packed) {
  PLIMSOLL_TRY(facts, expand(packed.facts));
  PLIMSOLL_TRY(inventory, expand(packed.inventory));
  std::string gaps = gaps_text({});
  if (!packed.gaps.empty()) {
    PLIMSOLL_TRY(expanded, expand(packed.gaps));
    gaps = std::move(expanded);
  }
  return join_facts(facts, inventory, gaps);
}

#define FACTS_OF_ASSETS                                                                 \
  "SELECT b.facts, i.body, b.gaps FROM assets a JOIN asset_bodies b ON b.asset = a.no " \
  "JOIN inventories i ON i.hash = a.inventory WHERE a.gone_at IS NULL"

constexpr size_t ids_at_once = 16;

// A question for so many at a time; behind the last one stands the empty id, which nobody has.
Status read_packed(Database& db, const std::vector<AssetId>& only, std::vector<Packed>& found) {
  const auto take = [&](const Row& row) { found.push_back({row.bytes(0), row.bytes(1), row.bytes(2)}); };
  if (only.empty()) return db.each(FACTS_OF_ASSETS " ORDER BY a.no", take);
  for (size_t begin = 0; begin < only.size(); begin += ids_at_once) {
    std::array<std::string, ids_at_once> ids;
    for (size_t i = 0; i < ids_at_once && begin + i < only.size(); ++i) ids[i] = only[begin + i].value;
    const auto ask = [&](const auto&... id) {
      return db.each(FACTS_OF_ASSETS
                     " AND a.id IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AND a.id <> '' "
                     "ORDER BY a.no",
                     take, id...);
    };
    PLIMSOLL_CHECK(std::apply(ask, ids));
  }
  return Done{};
}

}  // namespace

Result<Report> read_facts(Database& db, const std::vector<AssetId>& only) {
  std::vector<Packed> found;
  PLIMSOLL_CHECK(read_packed(db, only, found));
  Report report;
  if (only.empty()) {
    PLIMSOLL_TRY(between, read_between(db));
    report = std::move(between);
  }
  for (const Packed& packed : found) {
    PLIMSOLL_TRY(asset, unpack(packed));
    report.assets.push_back(std::move(asset));
  }
  return report;
}

Result<std::vector<Asset>> read_known_assets(Database& db) {
  std::vector<Asset> found;
  PLIMSOLL_CHECK(db.each("SELECT id, kind, name, node, image FROM assets WHERE gone_at IS NULL ORDER BY node, no",
                         [&](const Row& row) {
                           Asset& asset = found.emplace_back();
                           asset.id.value = row.bytes(0);
                           asset.kind = static_cast<AssetKind>(row.number(1));
                           asset.name = row.bytes(2);
                           asset.node = row.bytes(3);
                           asset.image = row.bytes(4);
                         }));
  return found;
}

Result<Report> read_between(Database& db) {
  Report report;
  std::string flows;
  PLIMSOLL_CHECK(db.each("SELECT flows FROM overview", [&](const Row& row) { flows = row.bytes(0); }));
  if (flows.empty()) return report;
  PLIMSOLL_TRY(text, expand(flows));
  PLIMSOLL_CHECK(join_between(text, report));
  return report;
}

}  // namespace plimsoll::journal
