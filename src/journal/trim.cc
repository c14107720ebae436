#include "journal/trim.h"

#include <algorithm>

#include "journal/flow_store.h"
#include "journal/package_index.h"
#include "journal/search_words.h"
#include "journal/size.h"
#include "wire/json_writer.h"

namespace plimsoll::journal {
namespace {

Result<uint64_t> erase(Database& db, const std::string& sql, Instant before) {
  PLIMSOLL_CHECK(db.run(sql, before));
  return db.changes();
}

// The entries before the first that is young enough: what is kept stays one chain, whatever the clock did.
Result<uint64_t> trim_events(Transaction& t, Instant before) {
  int64_t keep_from = static_cast<int64_t>(t.end.sequence) + 1;
  PLIMSOLL_CHECK(t.db.each(
      "SELECT min(sequence) FROM events WHERE at >= ?",
      [&](const Row& row) {
        if (!row.is_null(0)) keep_from = row.integer(0);
      },
      before));
  std::optional<ChainEnd> start;
  PLIMSOLL_CHECK(t.db.each(
      "SELECT sequence, hash FROM events WHERE sequence = ? - 1",
      [&](const Row& row) { start = ChainEnd{static_cast<Sequence>(row.integer(0)), row.bytes(1)}; }, keep_from));
  if (!start) return uint64_t{0};
  PLIMSOLL_CHECK(t.db.run("DELETE FROM events WHERE sequence < ?", keep_from));
  PLIMSOLL_TRY(gone, t.db.changes());
  PLIMSOLL_CHECK(seal_start(t.db, *start, t.key, t.store, t.now));
  return gone;
}

// Of each day before `before` and each asset the highest point stays.
Result<uint64_t> roll_up_scores(Database& db, Instant before) {
  return erase(db,
               "DELETE FROM scores WHERE at < ?1 - ?1 % 86400 AND EXISTS (SELECT 1 FROM scores s WHERE "
               "s.asset = scores.asset AND s.at >= scores.at - scores.at % 86400 "
               "AND s.at < scores.at - scores.at % 86400 + 86400 "
               "AND (s.score > scores.score OR (s.score = scores.score AND s.at < scores.at)))",
               before);
}

Result<uint64_t> trim_assets(Database& db, Instant before) {
  static const std::string whose = " IN (SELECT no FROM assets WHERE gone_at < ?)";
  for (const char* table : {"threats", "scores", "asset_bodies"})
    PLIMSOLL_CHECK(db.run("DELETE FROM " + std::string(table) + " WHERE asset" + whose, before));
  PLIMSOLL_TRY(gone, erase(db, "DELETE FROM assets WHERE gone_at < ?", before));
  PLIMSOLL_CHECK(db.script("DELETE FROM inventories WHERE hash NOT IN (SELECT inventory FROM assets)"));
  PLIMSOLL_CHECK(trim_package_index(db));
  return gone;
}

Status trim_once(Transaction& t, const Retention& ages, Instant now, Trimmed& sum) {
  PLIMSOLL_TRY(events, trim_events(t, now - ages.events));
  PLIMSOLL_TRY(old_scores, erase(t.db, "DELETE FROM scores WHERE at < ?", now - ages.scores));
  PLIMSOLL_CHECK(t.db.run("DELETE FROM trend WHERE at < ?", now - ages.scores));
  PLIMSOLL_TRY(fine_scores, roll_up_scores(t.db, now - ages.fine_scores));
  PLIMSOLL_TRY(old_flows, erase(t.db, "DELETE FROM flows WHERE bucket + seconds < ?", now - ages.flows));
  PLIMSOLL_TRY(fine_flows, roll_up_flows(t.db, now - ages.fine_flows));
  PLIMSOLL_TRY(assets, trim_assets(t.db, now - ages.gone_assets));
  PLIMSOLL_TRY(threats, erase(t.db, "DELETE FROM threats WHERE resolved_at < ?", now - ages.resolved_threats));
  PLIMSOLL_CHECK(
      t.db.script("DELETE FROM threat_groups WHERE assets = 0 AND NOT EXISTS "
                  "(SELECT 1 FROM threats WHERE threat_group = threat_groups.no)"));
  PLIMSOLL_CHECK(drop_old_words(t.db));
  sum.events += events;
  sum.scores += old_scores + fine_scores;
  sum.flows += old_flows + fine_flows;
  sum.assets += assets;
  sum.threats += threats;
  return Done{};
}

// Halves every age; false when none can fall any more.
bool shorten(Retention& ages) {
  bool shorter = false;
  for (std::chrono::days* age : {&ages.events, &ages.scores, &ages.flows, &ages.resolved_threats, &ages.gone_assets,
                                 &ages.fine_scores, &ages.fine_flows}) {
    const auto half = std::max(*age / 2, std::chrono::days(1));
    shorter = shorter || half < *age;
    *age = std::min(*age, half);
  }
  return shorter;
}

}  // namespace

Result<Trimmed> trim(Transaction& t, const Retention& retention, Instant now) {
  Trimmed sum;
  Retention ages = retention;
  t.db.take_time();
  for (;;) {
    PLIMSOLL_CHECK(trim_once(t, ages, now, sum));
    PLIMSOLL_TRY(used, used_bytes(t.db, retention.max_bytes));
    if (used <= retention.max_bytes || !shorten(ages)) break;
  }
  if (sum.events + sum.scores + sum.flows + sum.threats + sum.assets == 0) return sum;
  wire::JsonWriter body;
  body.begin_object().member("events", sum.events).member("scores", sum.scores).member("flows", sum.flows);
  body.member("threats", sum.threats).member("assets", sum.assets).end_object();
  PLIMSOLL_CHECK(t.add({event_kind::trimmed, "retention", {}, one_line(std::move(body).take()), {}}));
  PLIMSOLL_CHECK(give_back_room(t.db));
  return sum;
}

}  // namespace plimsoll::journal
