#include <sqlite3.h>

#include <memory>

#include "base/bytes.h"
#include "base/text.h"
#include "inventory/rpm_database.h"
#include "inventory/rpm_header.h"

namespace plimsoll::inventory {
namespace {

constexpr int steps_between_checks = 10'000;
constexpr int max_checks = 20'000;                       // 200 million steps of SQLite's machine: seconds, not hours
constexpr int max_value = 256 << 20;                     // one header
constexpr size_t write_version = 18, read_version = 19;  // of the file header: 1 journal, 2 write-ahead log

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
struct FinishStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinishStatement>;

int count_down(void* checks) { return --*static_cast<int*>(checks) <= 0 ? 1 : 0; }

Error failed(sqlite3* db) {
  return Error{ErrorKind::malformed, "SQLite refuses it: " + printable(sqlite3_errmsg(db), 200)};
}

// A foreign database: no trust in its schema, bounded values, no extension, nothing written.
void restrain(sqlite3* db, int& checks) {
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_limit(db, SQLITE_LIMIT_LENGTH, max_value);
  sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_progress_handler(db, steps_between_checks, count_down, &checks);
}

Result<Statement> prepare(sqlite3* db, const char* sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(db, sql, -1, &raw, nullptr) != SQLITE_OK) return failed(db);
  return Statement(raw);
}

// Packages must be a plain table: a view or virtual table of that name would run foreign SQL.
Result<bool> has_packages(sqlite3* db) {
  PLIMSOLL_TRY(statement, prepare(db, "SELECT sql FROM sqlite_master WHERE name='Packages' AND type='table'"));
  const int step = sqlite3_step(statement.get());
  if (step == SQLITE_DONE) return false;
  if (step != SQLITE_ROW) return failed(db);
  const auto* sql = static_cast<const char*>(static_cast<const void*>(sqlite3_column_text(statement.get(), 0)));
  return sql != nullptr && lower(std::string_view(sql).substr(0, 14)).starts_with("create table");
}

// Whether pages are missing that the file header counts (sqlite.org/fileformat2.html, sections 1.3.2 and 1.3.8). SQLite
// itself notices only when it needs one of them.
bool is_cut_short(std::string_view bytes) {
  ByteReader reader(bytes);
  if (!reader.seek(16)) return true;
  const uint64_t page_size = reader.u16be().value_or(0);
  if (!reader.seek(28)) return true;
  const uint64_t pages = reader.u32be().value_or(0);
  return pages * (page_size == 1 ? 65'536 : page_size) > bytes.size();
}

}  // namespace

Result<Found> parse_rpm_sqlite(std::string bytes, const FileSink& files) {
  if (!bytes.starts_with(std::string_view("SQLite format 3\0", 16)) || bytes.size() < 512)
    return Error{ErrorKind::malformed, "is not an SQLite database"};
  // A database in write-ahead mode cannot be opened from memory; without its log both modes read the same.
  bytes[write_version] = bytes[read_version] = 1;
  sqlite3* raw = nullptr;
  int checks = max_checks;
  const int opened =
      sqlite3_open_v2(":memory:", &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, nullptr);
  const Database db(raw);
  if (opened != SQLITE_OK) return Error{ErrorKind::limit, "SQLite could not be started"};
  restrain(db.get(), checks);
  auto* image = static_cast<unsigned char*>(static_cast<void*>(bytes.data()));
  const auto size = static_cast<sqlite3_int64>(bytes.size());
  if (sqlite3_deserialize(db.get(), "main", image, size, size, SQLITE_DESERIALIZE_READONLY) != SQLITE_OK)
    return failed(db.get());
  PLIMSOLL_TRY(present, has_packages(db.get()));
  if (!present) return Error{ErrorKind::malformed, "has no table Packages"};
  PLIMSOLL_TRY(statement, prepare(db.get(), "SELECT blob FROM Packages"));
  Found found;
  RpmBlobs blobs(bytes.size(), found, files);
  int step = SQLITE_ROW;
  while ((step = sqlite3_step(statement.get())) == SQLITE_ROW) {
    const void* data = sqlite3_column_blob(statement.get(), 0);
    const int length = sqlite3_column_bytes(statement.get(), 0);
    const std::string_view blob =
        data ? std::string_view(static_cast<const char*>(data), static_cast<size_t>(length)) : std::string_view{};
    if (!blobs.take(blob)) break;
  }
  blobs.finish();
  if (is_cut_short(bytes)) not_assessed(found, "the rest of the file", "the file is cut short");
  if (step != SQLITE_DONE && step != SQLITE_ROW) not_assessed(found, "the rest of the file", failed(db.get()).message);
  return found;
}

}  // namespace plimsoll::inventory
