#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "base/clock.h"
#include "journal/chain.h"
#include "journal/opening.h"
#include "journal/package_index.h"
#include "journal/postgres.h"
#include "journal/postgres_place.h"
#include "journal/schema.h"
#include "journal/sqlite.h"
#include "wire/json_writer.h"

namespace plimsoll::journal {
namespace {

std::string variable(const char* name) {
  const char* value = ::getenv(name);
  return value == nullptr ? "" : value;
}

// Only a journal that nobody has signed anything in yet may be given a key.
Result<bool> is_unsigned(Database& db) {
  bool empty = true;
  PLIMSOLL_CHECK(
      db.each("SELECT 1 FROM events UNION ALL SELECT 1 FROM seals LIMIT 1", [&](const Row&) { empty = false; }));
  return empty;
}

Result<SealKey> open_key(const std::string& path, bool make) {
  Result<SealKey> key = SealKey::open(path, make);
  if (key.ok() || make || key.error().kind != ErrorKind::not_found) return key;
  return Error{ErrorKind::conflict, "the key that this journal is signed with is missing", path,
               "put it back, or move the journal away to begin a new one"};
}

Status tell_begun_anew(Writer& writer, const std::string& aside) {
  wire::JsonWriter body;
  body.begin_object().member("damaged", aside).end_object();
  const NewEvent event{"journal.begun-anew", "journal", {}, one_line(std::move(body).take()), {}};
  return writer.write([&](Transaction& t) { return t.add(event); });
}

}  // namespace

Result<std::unique_ptr<Journal>> open_reading(Store store, Database& db) {
  PLIMSOLL_TRY(schema, schema_of(db));
  if (schema != newest_schema())
    return Error{
        ErrorKind::unsupported,
        "the journal has schema " + std::to_string(schema) + ", this program reads " + std::to_string(newest_schema()),
        store.path, "plimsoll serve brings an older one up to date when it starts"};
  StoredJournal::Parts parts{store.path, store.key_path, store.connect, nullptr, std::nullopt, {}};
  if (Result<SealKey> key = SealKey::open(store.key_path, false); key.ok()) parts.key = *std::move(key);
  return std::unique_ptr<Journal>(std::make_unique<StoredJournal>(std::move(parts)));
}

Result<std::unique_ptr<Journal>> open_writing(Store store, std::unique_ptr<Database> db,
                                              const std::string& begun_anew) {
  PLIMSOLL_CHECK(index_older_inventories(*db));
  PLIMSOLL_TRY(fresh, is_unsigned(*db));
  PLIMSOLL_TRY(key, open_key(store.key_path, fresh));
  PLIMSOLL_TRY(id, store_id(*db));
  if (fresh) {
    PLIMSOLL_CHECK(seal_end(*db, {}, {0, no_hash()}, key, id, wall_clock()));
    PLIMSOLL_CHECK(db->settle());
  }
  auto writer = std::make_unique<Writer>(std::move(db), store.breaks ? store.connect : Connect(), std::move(key), id);
  if (!begun_anew.empty()) PLIMSOLL_CHECK(tell_begun_anew(*writer, begun_anew));
  StoredJournal::Parts parts{store.path, store.key_path, store.connect, std::move(writer), std::nullopt, begun_anew};
  return std::unique_ptr<Journal>(std::make_unique<StoredJournal>(std::move(parts)));
}

std::string default_state() {
  if (::geteuid() == 0) return "/var/lib/plimsoll/service";
  std::string data = variable("XDG_DATA_HOME");
  if (!data.starts_with('/')) data = variable("HOME") + "/.local/share";
  return data + "/plimsoll/service";
}

std::string default_path() {
  const std::string given = variable("PLIMSOLL_JOURNAL");
  return given.empty() ? default_state() + "/journal.db" : given;
}

std::string default_key() {
  const std::string given = variable("PLIMSOLL_JOURNAL_KEY");
  return given.empty() ? default_state() + "/journal.key" : given;
}

Result<Place> find_place(const std::string& url_or_path) {
  if (url_or_path.find("://") == std::string::npos) return Place{url_or_path, {}, false, {}, {}};
  if (url_or_path.starts_with("postgresql://") || url_or_path.starts_with("postgres://"))
    return postgres::find_place(url_or_path);
  return Error{ErrorKind::unsupported, "a journal is kept in a file or at a postgresql:// URL"};
}

Result<std::unique_ptr<Database>> connect_to(const Place& place, Access access) {
  if (!place.settings.empty()) {
    PLIMSOLL_TRY(opened, postgres::Connection::open(place.settings, access));
    return std::unique_ptr<Database>(std::move(opened));
  }
  if (::access(place.name.c_str(), F_OK) != 0) return Error{ErrorKind::not_found, "there is no journal", place.name};
  PLIMSOLL_TRY(opened, sqlite::Connection::open(place.name, access));
  return std::unique_ptr<Database>(std::move(opened));
}

Result<int> schema_at(const Place& place) {
  PLIMSOLL_TRY(db, connect_to(place, Access::read));
  return schema_of(*db);
}

Result<int> change_schema(const Place& place, int to) {
  if (to < 1 || to > newest_schema())
    return Error{ErrorKind::unsupported, "schemas 1 to " + std::to_string(newest_schema()) + " are known"};
  PLIMSOLL_TRY(db, connect_to(place, Access::write));
  PLIMSOLL_CHECK(migrate(*db, to));
  return schema_of(*db);
}

Result<std::unique_ptr<Journal>> open_journal(const Place& place, const Opening& opening) {
  return place.settings.empty() ? open_sqlite(place.name, opening) : open_postgres(place, opening);
}

Result<std::unique_ptr<Journal>> open_journal(const std::string& url_or_path, const Opening& opening) {
  PLIMSOLL_TRY(place, find_place(url_or_path));
  return open_journal(place, opening);
}

}  // namespace plimsoll::journal
