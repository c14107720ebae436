#include "journal/event_log.h"

#include <simdjson.h>

#include <algorithm>

#include "base/hex.h"
#include "base/text.h"
#include "journal/chain.h"
#include "journal/packing.h"

namespace plimsoll::journal {
namespace {

constexpr Sequence checkpoint_every = 1000;
constexpr size_t max_word = 256, max_subject = 1024, max_body = size_t{1} << 20;

Status write_seal(Database& db, SealKind kind, const ChainEnd& end, const SealKey& key, const std::string& store,
                  Instant now) {
  Seal seal{kind, end.sequence, now, end.hash, {}};
  key.sign(seal, store);
  if (seal.signature.empty()) return Error{ErrorKind::bug, "the journal's head could not be signed"};
  return db.run(
      "INSERT INTO seals (kind, sequence, at, hash, signature) VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, sequence) "
      "DO UPDATE SET at = excluded.at, hash = excluded.hash, signature = excluded.signature",
      static_cast<int>(kind), seal.sequence, seal.at, Blob{seal.hash}, Blob{seal.signature});
}

bool is_kind(std::string_view text) {
  return !text.empty() && text.size() <= max_word && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

Event event_of(const Row& row) {
  Event event;
  event.sequence = static_cast<Sequence>(row.integer(0));
  event.at = row.instant(1);
  event.kind = row.bytes(2);
  event.actor = row.bytes(3);
  event.subject.value = row.bytes(4);
  event.body = row.bytes(5);
  event.previous_hash = to_hex(row.bytes(6));
  event.hash = to_hex(row.bytes(7));
  return event;
}

}  // namespace

std::string one_line(const std::string& json) {
  std::string out;
  out.reserve(json.size());
  bool indent = false;
  for (const char c : json) {
    if (c == '\n' || c == '\r') {
      indent = true;
    } else if (!indent || (c != ' ' && c != '\t')) {
      indent = false;
      out += c;
    }
  }
  return out;
}

Status settle_event(NewEvent& event) {
  if (!is_kind(event.kind))
    return Error{ErrorKind::malformed, "an event's kind is not a word of a-z, 0-9, '.' and '-'",
                 printable(event.kind, 80)};
  if (event.actor.empty() || event.actor.size() > max_word || event.subject.value.size() > max_subject ||
      event.body.size() > max_body)
    return Error{ErrorKind::limit, "an event without an actor, or too long", event.kind};
  if (!is_utf8(event.actor) || !is_utf8(event.subject.value))
    return Error{ErrorKind::malformed, "an event's actor or subject is not UTF-8", event.kind};
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(event.body).get(object) != simdjson::SUCCESS)
    return Error{ErrorKind::malformed, "an event's body is not a JSON object", event.kind};
  event.body = one_line(event.body);
  return Done{};
}

Result<std::string> store_id(Database& db) {
  std::string id;
  PLIMSOLL_CHECK(db.each("SELECT id FROM store", [&](const Row& row) { id = row.bytes(0); }));
  if (id.empty()) return Error{ErrorKind::malformed, "the journal is damaged; it has no id"};
  return id;
}

Result<ChainEnd> chain_end(Database& db) {
  ChainEnd end{0, no_hash()};
  const auto take = [&](const Row& row) { end = {static_cast<Sequence>(row.integer(0)), row.bytes(1)}; };
  PLIMSOLL_CHECK(db.each("SELECT sequence, hash FROM seals WHERE kind = ? ORDER BY sequence DESC LIMIT 1", take,
                         static_cast<int>(SealKind::start)));
  PLIMSOLL_CHECK(db.each("SELECT sequence, hash FROM events ORDER BY sequence DESC LIMIT 1", take));
  return end;
}

Status add_event(Database& db, ChainEnd& end, const NewEvent& event, Instant now) {
  const Event full{.sequence = end.sequence + 1,
                   .at = event.at == Instant{} ? now : event.at,
                   .kind = event.kind,
                   .actor = holdable(event.actor),
                   .subject = {holdable(event.subject.value)},
                   .body = holdable(event.body),
                   .previous_hash = {},
                   .hash = {}};
  const std::string hash = event_hash(full, end.hash);
  PLIMSOLL_CHECK(db.run(
      "INSERT INTO events (sequence, at, kind, actor, subject, body, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      full.sequence, full.at, full.kind, full.actor, full.subject.value, full.body, Blob{end.hash}, Blob{hash}));
  end = {full.sequence, hash};
  return Done{};
}

Status seal_end(Database& db, const ChainEnd& before, const ChainEnd& end, const SealKey& key, const std::string& store,
                Instant now) {
  PLIMSOLL_CHECK(db.run("DELETE FROM seals WHERE kind = ?", static_cast<int>(SealKind::head)));
  PLIMSOLL_CHECK(write_seal(db, SealKind::head, end, key, store, now));
  if (before.sequence / checkpoint_every == end.sequence / checkpoint_every) return Done{};
  return write_seal(db, SealKind::checkpoint, end, key, store, now);
}

Status seal_start(Database& db, const ChainEnd& start, const SealKey& key, const std::string& store, Instant now) {
  PLIMSOLL_CHECK(db.run("DELETE FROM seals WHERE kind = ?", static_cast<int>(SealKind::start)));
  PLIMSOLL_CHECK(db.run("DELETE FROM seals WHERE kind = ? AND sequence <= ?", static_cast<int>(SealKind::checkpoint),
                        start.sequence));
  return write_seal(db, SealKind::start, start, key, store, now);
}

Result<std::vector<Event>> read_events(Database& db, const EventQuery& query) {
  const bool beginning = query.kind.ends_with('.');
  std::string sql = "SELECT sequence, at, kind, actor, subject, body, previous, hash FROM events WHERE 1 = 1";
  // Every statement binds the same values; those a query does not use are compared with themselves.
  sql += query.newest_first ? (query.after == 0 ? " AND ?1 = 0" : " AND sequence < ?1") : " AND sequence > ?1";
  sql += query.kind.empty() ? " AND ?2 = ''" : beginning ? " AND kind >= ?2 AND kind < ?3" : " AND kind = ?2";
  sql += query.subject.empty() ? " AND ?4 = ''" : " AND subject = ?4 AND subject <> ''";
  sql += query.actor.empty() ? " AND ?5 = ''" : " AND actor = ?5";
  sql += query.since ? " AND at >= ?6" : " AND ?6 IS NULL";
  sql += query.until ? " AND at < ?7" : " AND ?7 IS NULL";
  sql += query.newest_first ? " ORDER BY sequence DESC LIMIT ?8" : " ORDER BY sequence LIMIT ?8";
  std::string behind = query.kind;
  if (beginning) behind.back() = '/';  // the character after '.'
  std::vector<Event> found;
  PLIMSOLL_CHECK(db.each(
      sql, [&](const Row& row) { found.push_back(event_of(row)); }, query.after, query.kind, behind,
      query.subject.value, query.actor, query.since, query.until, std::min(query.limit, max_page)));
  return found;
}

}  // namespace plimsoll::journal
