#include "journal/schema.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace plimsoll::journal {
namespace {

constexpr int64_t application_id = 0x504c4d53;  // "PLMS"; what a person's file(1) and we tell a journal by

// Times are seconds since 1970, hashes 32 bytes. A step that has been released is never changed: a new one is added.
// Written once, in SQLite's words; postgres_text() says the same in PostgreSQL's. Each with its way back, which takes
// what the step brought, and the data in it, away.
struct Step {
  const char* up;
  const char* down;
};
constexpr std::array<Step, 8> steps{
    {// 1: the chain. store.id is part of every signature; marks holds the newest head and the start.
     {R"sql(
CREATE TABLE store (id TEXT NOT NULL);
INSERT INTO store VALUES (lower(hex(randomblob(16))));
CREATE TABLE events (
  sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, actor TEXT NOT NULL, subject TEXT NOT NULL,
  body TEXT NOT NULL, previous BLOB NOT NULL, hash BLOB NOT NULL);
CREATE INDEX events_by_time ON events (at);
CREATE INDEX events_by_kind ON events (kind, sequence);
CREATE INDEX events_by_subject ON events (subject, sequence) WHERE subject <> '';
CREATE TABLE seals (
  kind INTEGER NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL, hash BLOB NOT NULL, signature BLOB NOT NULL,
  PRIMARY KEY (kind, sequence)) WITHOUT ROWID;
)sql",
      "DROP TABLE seals; DROP TABLE events; DROP TABLE store"},
     // 2: the assessed world. Bodies and inventories are compressed, and apart from what lists read.
     {R"sql(
CREATE TABLE assets (
  no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind INTEGER NOT NULL, name TEXT NOT NULL, node TEXT NOT NULL,
  image TEXT NOT NULL, platform TEXT NOT NULL, status TEXT NOT NULL, labels TEXT NOT NULL, os TEXT NOT NULL,
  score INTEGER NOT NULL, level INTEGER NOT NULL, critical INTEGER NOT NULL, high INTEGER NOT NULL,
  medium INTEGER NOT NULL, low INTEGER NOT NULL, unknown INTEGER NOT NULL, not_assessed INTEGER NOT NULL,
  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, scanned_at INTEGER NOT NULL, gone_at INTEGER,
  inventory TEXT NOT NULL);
CREATE INDEX assets_by_score ON assets (score DESC, no);
CREATE INDEX assets_by_name ON assets (name, no);
CREATE TABLE asset_bodies (
  asset INTEGER PRIMARY KEY, report BLOB NOT NULL, facts BLOB NOT NULL, gaps BLOB NOT NULL);
CREATE TABLE inventories (hash TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE threat_groups (
  no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind INTEGER NOT NULL, title TEXT NOT NULL, level INTEGER NOT NULL,
  score REAL, known_exploited INTEGER NOT NULL, epss REAL, rank INTEGER NOT NULL, assets INTEGER NOT NULL,
  fixable INTEGER NOT NULL, first_seen INTEGER NOT NULL);
CREATE INDEX threat_groups_by_rank ON threat_groups (rank DESC, no) WHERE assets > 0;
CREATE TABLE threats (
  no INTEGER PRIMARY KEY, asset INTEGER NOT NULL, threat_group INTEGER NOT NULL, level INTEGER NOT NULL, score REAL,
  rank INTEGER NOT NULL, package TEXT NOT NULL, version TEXT NOT NULL, fixed_version TEXT NOT NULL,
  first_seen INTEGER NOT NULL, last_seen INTEGER, resolved_at INTEGER);
CREATE INDEX threats_open ON threats (asset, rank DESC, no) WHERE resolved_at IS NULL;
CREATE INDEX threats_over ON threats (asset, resolved_at DESC, no) WHERE resolved_at IS NOT NULL;
CREATE INDEX threats_by_group ON threats (threat_group, asset);
CREATE TABLE scores (
  asset INTEGER NOT NULL, at INTEGER NOT NULL, score INTEGER NOT NULL, level INTEGER NOT NULL,
  PRIMARY KEY (asset, at)) WITHOUT ROWID;
CREATE TABLE overview (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), body BLOB NOT NULL, flows BLOB NOT NULL,
  database_of TEXT NOT NULL);
)sql",
      "DROP TABLE overview; DROP TABLE scores; DROP TABLE threats; DROP TABLE threat_groups; DROP TABLE inventories; "
      "DROP TABLE asset_bodies; DROP TABLE assets"},
     // 3: flows, added up in buckets of `seconds` that begin at `bucket`.
     {R"sql(
CREATE TABLE flows (
  bucket INTEGER NOT NULL, seconds INTEGER NOT NULL, from_asset TEXT NOT NULL, from_address TEXT NOT NULL,
  from_port INTEGER NOT NULL, from_wan INTEGER NOT NULL, to_asset TEXT NOT NULL, to_address TEXT NOT NULL,
  to_port INTEGER NOT NULL, to_wan INTEGER NOT NULL, transport INTEGER NOT NULL, application TEXT NOT NULL,
  seen INTEGER NOT NULL, connections INTEGER NOT NULL, bytes INTEGER NOT NULL, first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  PRIMARY KEY (bucket, from_asset, from_address, from_port, to_asset, to_address, to_port, transport, application, seen)
) WITHOUT ROWID;
)sql",
      "DROP TABLE flows"},
     // 4: people, and what the server remembers. Secrets are hashes.
     {R"sql(
CREATE TABLE users (
  name TEXT PRIMARY KEY, role INTEGER NOT NULL, secret_hash TEXT NOT NULL, disabled INTEGER NOT NULL,
  created_at INTEGER NOT NULL, last_sign_in INTEGER) WITHOUT ROWID;
CREATE TABLE sessions (
  hash TEXT PRIMARY KEY, user TEXT NOT NULL, created_at INTEGER NOT NULL, last_used INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, came_from TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user);
CREATE TABLE tokens (
  id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, user TEXT NOT NULL, label TEXT NOT NULL, scope INTEGER NOT NULL,
  created_at INTEGER NOT NULL, expires_at INTEGER, last_used INTEGER) WITHOUT ROWID;
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
)sql",
      "DROP TABLE settings; DROP TABLE tokens; DROP TABLE sessions; DROP TABLE users"},
     // 5: what lists show of an asset beside what they sort and filter by, as JSON; the whole by the hour.
     {R"sql(
ALTER TABLE assets ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
CREATE TABLE trend (
  at INTEGER PRIMARY KEY, worst_score INTEGER NOT NULL, worst TEXT NOT NULL, minimal INTEGER NOT NULL,
  low INTEGER NOT NULL, medium INTEGER NOT NULL, high INTEGER NOT NULL, critical INTEGER NOT NULL);
)sql",
      "DROP TABLE trend; ALTER TABLE assets DROP COLUMN details"},
     // 6: a page of flows is read in the order of what tells them apart; counts of all assets from narrow rows.
     {R"sql(
CREATE INDEX flows_by_ends ON flows (
  from_asset, from_address, from_port, to_asset, to_address, to_port, transport, application, seen, bucket, seconds);
CREATE INDEX flows_by_target ON flows (to_asset, bucket);
CREATE INDEX flows_by_source ON flows (from_asset, bucket);
CREATE INDEX assets_counted ON assets (
  gone_at, kind, level, critical, high, medium, low, unknown, not_assessed);
)sql",
      "DROP INDEX assets_counted; DROP INDEX flows_by_source; DROP INDEX flows_by_target; DROP INDEX flows_by_ends"},
     // 7: which packages are in which inventory (contents), so that one can ask who has a package.
     {R"sql(
CREATE TABLE contents (no INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE);
CREATE TABLE packages (
  no INTEGER PRIMARY KEY, type INTEGER NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, UNIQUE (name, type, version));
CREATE TABLE package_places (
  package INTEGER NOT NULL, content INTEGER NOT NULL, PRIMARY KEY (package, content)) WITHOUT ROWID;
CREATE INDEX package_places_by_content ON package_places (content);
CREATE INDEX assets_by_inventory ON assets (inventory);
)sql",
      "DROP INDEX assets_by_inventory; DROP TABLE package_places; DROP TABLE packages; DROP TABLE contents"},
     // 8: what lists are searched for, in small letters and apart: their own rows are wide, and change all the time.
     {R"sql(
CREATE TABLE asset_words (asset INTEGER PRIMARY KEY, words TEXT NOT NULL);
INSERT INTO asset_words SELECT no, lower(name || '
' || image || '
' || node || '
' || id) FROM assets;
CREATE TABLE threat_words (threat_group INTEGER PRIMARY KEY, words TEXT NOT NULL);
INSERT INTO threat_words SELECT no, lower(id || '
' || title) FROM threat_groups;
)sql",
      "DROP TABLE threat_words; DROP TABLE asset_words"}}};

// A step in PostgreSQL's words: all numbers of 64 bits, texts ordered and folded by their bytes, rows numbered by it.
std::string postgres_text(std::string text) {
  static constexpr std::array<std::array<std::string_view, 2>, 9> words{{
      {"lower(hex(randomblob(16)))", "replace(CAST(gen_random_uuid() AS text), '-', '')"},
      {"no INTEGER PRIMARY KEY", "no BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"},
      {" INTEGER", " BIGINT"},
      {" REAL", " DOUBLE PRECISION"},
      {" BLOB", " BYTEA"},
      {" TEXT", " TEXT COLLATE \"C\""},
      {" WITHOUT ROWID", ""},
      {" user ", " \"user\" "},
      {"(user)", "(\"user\")"},
  }};
  for (const auto& [from, to] : words) {
    for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  }
  return text;
}

Result<int64_t> single(Database& db, const std::string& sql) {
  int64_t value = 0;
  PLIMSOLL_CHECK(db.each(sql, [&](const Row& row) { value = row.integer(0); }));
  return value;
}

Result<int> schema_of_sqlite(Database& db) {
  PLIMSOLL_TRY(tables, single(db, "SELECT count(*) FROM sqlite_master"));
  PLIMSOLL_TRY(application, single(db, "PRAGMA application_id"));
  PLIMSOLL_TRY(version, single(db, "PRAGMA user_version"));
  if (tables == 0 && application == 0) return 0;
  if (application != application_id || version < 1)
    return Error{ErrorKind::conflict, "an SQLite database that is no journal of Plimsoll"};
  return static_cast<int>(version);
}

// Everything is in a schema of our own, which connections look in first.
Result<int> schema_of_postgres(Database& db) {
  PLIMSOLL_TRY(there, single(db, "SELECT to_regclass('plimsoll.about') IS NOT NULL"));
  if (there == 0) return 0;
  PLIMSOLL_TRY(version, single(db, "SELECT max(schema) FROM plimsoll.about"));
  return static_cast<int>(version);
}

Status note_schema(Database& db, int version) {
  if (db.engine() == Engine::sqlite)
    return db.script("PRAGMA user_version = " + std::to_string(version) +
                     "; PRAGMA application_id = " + std::to_string(version == 0 ? 0 : application_id));
  return db.script("DELETE FROM plimsoll.about; INSERT INTO plimsoll.about (schema) VALUES (" +
                   std::to_string(version) + ")");
}

Status take_step(Database& db, int from, int to) {
  const Step& step = steps.at(static_cast<size_t>(std::max(from, to) - 1));
  // Another process may have been here first: the version is read again while no other writes.
  PLIMSOLL_CHECK(db.begin(Access::write));
  const auto change = [&]() -> Status {
    PLIMSOLL_TRY(now, schema_of(db));
    if (now != from) return Done{};
    const char* text = to > from ? step.up : step.down;
    db.take_time();
    PLIMSOLL_CHECK(db.script(db.engine() == Engine::sqlite ? text : postgres_text(text)));
    return note_schema(db, to);
  };
  Status done = change();
  if (done.ok()) done = db.commit();
  if (!done.ok()) db.roll_back();
  return done;
}

// What has to be there before the first step.
Status prepare_engine(Database& db) {
  if (db.engine() == Engine::sqlite) return Done{};
  PLIMSOLL_TRY(there, single(db, "SELECT to_regclass('plimsoll.about') IS NOT NULL"));
  if (there != 0) return Done{};
  PLIMSOLL_CHECK(db.begin(Access::write));
  Status done = db.script(
      "CREATE SCHEMA IF NOT EXISTS plimsoll; CREATE TABLE IF NOT EXISTS plimsoll.about (schema BIGINT NOT NULL)");
  if (done.ok())
    done = db.script(
        "INSERT INTO plimsoll.about (schema) SELECT 0 WHERE NOT EXISTS "
        "(SELECT 1 FROM plimsoll.about)");
  if (done.ok()) done = db.commit();
  if (!done.ok()) db.roll_back();
  return done;
}

}  // namespace

int newest_schema() { return static_cast<int>(steps.size()); }

Result<int> schema_of(Database& db) {
  return db.engine() == Engine::sqlite ? schema_of_sqlite(db) : schema_of_postgres(db);
}

Status migrate(Database& db, int to) {
  PLIMSOLL_TRY(from, schema_of(db));
  if (from > newest_schema()) {
    return Error{ErrorKind::unsupported,
                 "the journal has schema " + std::to_string(from) + ", this program knows them up to " +
                     std::to_string(newest_schema()),
                 {},
                 "use the newer Plimsoll that wrote it, or another file"};
  }
  if (from == to) return Done{};
  PLIMSOLL_CHECK(prepare_engine(db));
  for (int at = from; at < to; ++at) PLIMSOLL_CHECK(take_step(db, at, at + 1));
  for (int at = from; at > to; --at) PLIMSOLL_CHECK(take_step(db, at, at - 1));
  return Done{};
}

}  // namespace plimsoll::journal
