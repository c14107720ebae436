#include "journal/sqlite.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstdlib>

#include "base/text.h"

namespace plimsoll::journal::sqlite {
namespace {

constexpr int busy_milliseconds = 10'000;  // another process (plimsoll log, a second writer) holds it

Error failed(sqlite3* db, int code) {
  const std::string said = db == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db);
  const int system_error = db == nullptr ? 0 : sqlite3_system_errno(db);
  const std::string why = "SQLite says: " + printable(said, 300);
  const int primary = code & 0xff;
  if (primary == SQLITE_FULL || (primary == SQLITE_IOERR && (system_error == ENOSPC || system_error == EDQUOT)))
    return {ErrorKind::limit, "the disk of the journal is full", {}, "make room, or lower the journal's retention"};
  switch (primary) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorKind::malformed, "the journal is damaged; " + why};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorKind::conflict, "another process holds the journal"};
    case SQLITE_CONSTRAINT:
      return {ErrorKind::conflict, why};
    case SQLITE_CANTOPEN:
      return {system_error == ENOENT ? ErrorKind::not_found : ErrorKind::denied,
              "the journal cannot be opened; " + why};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorKind::denied, "the journal cannot be written; " + why};
    case SQLITE_TOOBIG:
      return {ErrorKind::limit, why};
    case SQLITE_IOERR:
      return {ErrorKind::unreachable, "the journal's file cannot be read or written; " + why};
    default:
      return {ErrorKind::bug, why};
  }
}

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  double real(int column) const override { return sqlite3_column_double(statement_, column); }
  std::string bytes(int column) const override {
    const void* data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), static_cast<size_t>(size));
  }
  std::string_view text(int column) const override {
    const void* data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    return {static_cast<const char*>(data), static_cast<size_t>(size)};
  }

 private:
  sqlite3_stmt* statement_;
};

// The bytes are only pointed at: they outlive the statement's use.
int bind(sqlite3_stmt* statement, int place, const Value& value) {
  if (value.null) return sqlite3_bind_null(statement, place);
  const char* data = value.bytes.data() == nullptr ? "" : value.bytes.data();
  switch (value.type) {
    case Value::Type::integer:
      return sqlite3_bind_int64(statement, place, value.integer);
    case Value::Type::real:
      return sqlite3_bind_double(statement, place, value.real);
    case Value::Type::text:
      return sqlite3_bind_text64(statement, place, data, value.bytes.size(), SQLITE_STATIC, SQLITE_UTF8);
    case Value::Type::blob:
      return sqlite3_bind_blob64(statement, place, data, value.bytes.size(), SQLITE_STATIC);
  }
  return SQLITE_MISUSE;
}

}  // namespace

class Connection::Use {
 public:
  Use(sqlite3_stmt* s, bool* b) : statement(s), busy_(b) {}
  Use(Use&& other) noexcept : statement(std::exchange(other.statement, nullptr)), busy_(other.busy_) {}
  Use(const Use&) = delete;
  ~Use() {
    if (statement == nullptr) return;
    if (busy_ == nullptr) {
      sqlite3_finalize(statement);
      return;
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    *busy_ = false;
  }
  sqlite3_stmt* statement;

 private:
  bool* busy_;  // of its place in the cache; nullptr: it is in none
};

Connection::~Connection() {
  for (auto& [sql, cached] : statements_) sqlite3_finalize(cached->statement);
  if (db_ != nullptr) sqlite3_close(db_);
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Access access) {
  const int how = access == Access::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, how | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  std::unique_ptr<Connection> db(new Connection(raw));
  if (code != SQLITE_OK) {
    Error error = failed(raw, code);
    error.context = path;
    return error;
  }
  sqlite3_busy_timeout(raw, busy_milliseconds);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return db;
}

Result<Connection::Use> Connection::prepare(const std::string& sql) {
  auto& cached = statements_[sql];
  const bool is_new = cached == nullptr;
  if (is_new) cached = std::make_unique<Cached>();
  if (is_new || cached->busy) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                        is_new ? SQLITE_PREPARE_PERSISTENT : 0, &statement, nullptr);
    if (code != SQLITE_OK) {
      const Error error = failed(db_, code);
      if (is_new) statements_.erase(sql);
      return error;
    }
    if (!is_new) return Use(statement, nullptr);
    cached->statement = statement;
  }
  cached->busy = true;
  return Use(cached->statement, &cached->busy);
}

Status Connection::run_it(const std::string& sql, const Value* values, size_t count) {
  return query(sql, values, count, {[](void*, const Row&) {}, nullptr});
}

Status Connection::query(const std::string& sql, const Value* values, size_t count, Look look) {
  PLIMSOLL_TRY(use, prepare(sql));
  for (size_t i = 0; i < count; ++i) {
    const int code = bind(use.statement, static_cast<int>(i) + 1, values[i]);
    if (code != SQLITE_OK) return failed(db_, code);
  }
  const SqliteRow row(use.statement);
  for (;;) {
    const int now = sqlite3_step(use.statement);
    if (now == SQLITE_DONE) return Done{};
    if (now != SQLITE_ROW) return failed(db_, now);
    look(row);
  }
}

Status Connection::script(const std::string& sql) {
  const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failed(db_, code);
  return Done{};
}

Status Connection::begin(Access access) { return script(access == Access::write ? "BEGIN IMMEDIATE" : "BEGIN"); }
Status Connection::commit() { return script("COMMIT"); }
void Connection::roll_back() {
  if (in_transaction()) (void)script("ROLLBACK");
}
bool Connection::in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }
Result<uint64_t> Connection::changes() { return static_cast<uint64_t>(sqlite3_changes64(db_)); }

}  // namespace plimsoll::journal::sqlite
