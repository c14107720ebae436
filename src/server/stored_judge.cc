#include "server/stored_judge.h"

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "analyzer/judge_parts.h"
#include "base/sha256.h"
#include "server/shown.h"
#include "wire/recording.h"
#include "wire/report_json.h"

namespace plimsoll::server {
namespace {

constexpr size_t fullest = 200;  // assets of a part, beyond which no further node comes to it

// The stored assets in parts of whole nodes.
Result<analyzer::FactsInParts> stored_parts(const journal::Journal& journal) {
  PLIMSOLL_TRY(assets, journal.known_assets());
  PLIMSOLL_TRY(between, journal.stored_between());
  std::vector<std::vector<AssetId>> parts;
  const std::string* node = nullptr;
  for (const Asset& asset : assets) {
    if (node == nullptr || (*node != asset.node && parts.back().size() >= fullest)) parts.emplace_back();
    parts.back().push_back(asset.id);
    node = &asset.node;
  }
  analyzer::FactsInParts out;
  out.assets = std::move(assets);
  out.parts = parts.size();
  out.between = std::move(between);
  out.read = [&journal, parts = std::move(parts)](size_t part) -> Result<std::vector<AssetReport>> {
    PLIMSOLL_TRY(stored, journal.stored_facts(parts[part]));
    return std::move(stored.assets);
  };
  return out;
}

}  // namespace

std::string print_of(const AssetReport& asset) {
  Report facts;
  facts.assets = {asset};
  facts.assets.front().scanned_at = {};
  const std::string judged = wire::asset_to_json(facts.assets.front(), false);
  return sha256_hex(judged + wire::facts_to_json(facts));
}

Result<std::map<AssetId, std::string>> StoredJudge::run(const Show& show) const {
  std::map<AssetId, std::string> prints;
  PLIMSOLL_TRY(facts, stored_parts(journal));
  if (facts.parts == 0) return prints;
  ImagesShown images(by.policy);
  std::set<std::string> threats;
  const auto record = [&](const Report& part, bool last) -> Status {
    journal::Recording how;
    how.actor = actor;
    how.whole = last;
    how.in_parts = &threats;
    const Result<journal::Recorded> recorded = journal.record(part, how);
    return recorded.ok() ? Status(Done{}) : Status(recorded.error());
  };
  std::optional<Report> last_part;  // waits until what is shown of the whole is written
  const auto take = [&](Report part, bool last) -> Status {
    for (const AssetReport& asset : part.assets) prints.emplace(asset.asset.id, print_of(asset));
    images.add(part.assets);
    if (!last) return record(part, false);
    last_part = std::move(part);
    return Done{};
  };
  PLIMSOLL_TRY(whole, analyzer::judge_in_parts(facts, db, by, at, take));
  show(whole, images.json());
  if (last_part) PLIMSOLL_CHECK(record(*last_part, true));
  return prints;
}

}  // namespace plimsoll::server
