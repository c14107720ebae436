#include "journal/people.h"

#include "journal/page.h"

namespace plimsoll::journal {
namespace {

#define USER_COLUMNS "name, role, secret_hash, disabled, created_at, last_sign_in"
#define SESSION_COLUMNS "hash, \"user\", created_at, last_used, expires_at, came_from"
#define TOKEN_COLUMNS "id, hash, \"user\", label, scope, created_at, expires_at, last_used"

User user_of(const Row& row) {
  return {row.bytes(0),        static_cast<Role>(row.number(1)), row.bytes(2), row.integer(3) != 0, row.instant(4),
          row.maybe_instant(5)};
}

Session session_of(const Row& row) {
  return {row.bytes(0), row.bytes(1), row.instant(2), row.instant(3), row.instant(4), row.bytes(5)};
}

ApiToken token_of(const Row& row) {
  return {row.bytes(0),   row.bytes(1),         row.bytes(2),        row.bytes(3), static_cast<Role>(row.number(4)),
          row.instant(5), row.maybe_instant(6), row.maybe_instant(7)};
}

template <class T, class Read, class... Values>
Result<std::vector<T>> all(Database& db, const std::string& sql, Read read, const Values&... values) {
  std::vector<T> found;
  PLIMSOLL_CHECK(db.each(sql, [&](const Row& row) { found.push_back(read(row)); }, values...));
  return found;
}

// The one row with this name; the name of a secret is not told.
template <class T, class Read>
Result<T> one(Database& db, const std::string& sql, Read read, const std::string& name, const char* what,
              const std::string& shown) {
  PLIMSOLL_TRY(found, all<T>(db, sql, read, name));
  if (found.empty()) return not_found(what, shown);
  return std::move(found.front());
}

}  // namespace

Status write_user(Database& db, const User& user) {
  return db.run("INSERT INTO users (" USER_COLUMNS
                ") VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET role = excluded.role, secret_hash = "
                "excluded.secret_hash, disabled = excluded.disabled, created_at = excluded.created_at, last_sign_in = "
                "excluded.last_sign_in",
                user.name, static_cast<int>(user.role), user.secret_hash, user.disabled, user.created_at,
                user.last_sign_in);
}

Result<User> read_user(Database& db, const std::string& name) {
  return one<User>(db, "SELECT " USER_COLUMNS " FROM users WHERE name = ?", user_of, name, "user", name);
}

Result<std::vector<User>> read_users(Database& db) {
  return all<User>(db, "SELECT " USER_COLUMNS " FROM users ORDER BY name", user_of);
}

Status erase_user(Database& db, const std::string& name) {
  PLIMSOLL_CHECK(db.run("DELETE FROM sessions WHERE \"user\" = ?", name));
  PLIMSOLL_CHECK(db.run("DELETE FROM tokens WHERE \"user\" = ?", name));
  return db.run("DELETE FROM users WHERE name = ?", name);
}

Status write_session(Database& db, const Session& session) {
  return db.run(
      "INSERT INTO sessions (" SESSION_COLUMNS
      ") VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET \"user\" = excluded.\"user\", created_at = "
      "excluded.created_at, last_used = excluded.last_used, expires_at = excluded.expires_at, came_from = "
      "excluded.came_from",
      session.hash, session.user, session.created_at, session.last_used, session.expires_at, session.from);
}

Status touch_session(Database& db, const std::string& hash, Instant used) {
  return db.run("UPDATE sessions SET last_used = ?1 WHERE hash = ?2 AND last_used < ?1", used, hash);
}

Result<Session> read_session(Database& db, const std::string& hash) {
  return one<Session>(db, "SELECT " SESSION_COLUMNS " FROM sessions WHERE hash = ?", session_of, hash, "session", "");
}

Result<std::vector<Session>> read_sessions(Database& db, const std::string& user) {
  return all<Session>(db, "SELECT " SESSION_COLUMNS " FROM sessions WHERE \"user\" = ? ORDER BY created_at, hash",
                      session_of, user);
}

Status erase_session(Database& db, const std::string& hash) {
  return db.run("DELETE FROM sessions WHERE hash = ?", hash);
}

Status erase_expired(Database& db, Instant now) {
  PLIMSOLL_CHECK(db.run("DELETE FROM sessions WHERE expires_at <= ?", now));
  return db.run("DELETE FROM tokens WHERE expires_at <= ?", now);
}

Status write_token(Database& db, const ApiToken& token) {
  return db.run("INSERT INTO tokens (" TOKEN_COLUMNS
                ") VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, \"user\" = "
                "excluded.\"user\", label = excluded.label, scope = excluded.scope, created_at = excluded.created_at, "
                "expires_at = excluded.expires_at, last_used = excluded.last_used",
                token.id, token.hash, token.user, token.label, static_cast<int>(token.scope), token.created_at,
                token.expires_at, token.last_used);
}

Status touch_token(Database& db, const std::string& id, Instant used) {
  return db.run("UPDATE tokens SET last_used = ?1 WHERE id = ?2 AND (last_used IS NULL OR last_used < ?1)", used, id);
}

Result<ApiToken> read_token(Database& db, const std::string& hash) {
  return one<ApiToken>(db, "SELECT " TOKEN_COLUMNS " FROM tokens WHERE hash = ?", token_of, hash, "token", "");
}

Result<std::vector<ApiToken>> read_tokens(Database& db) {
  return all<ApiToken>(db, "SELECT " TOKEN_COLUMNS " FROM tokens ORDER BY \"user\", id", token_of);
}

Status erase_token(Database& db, const std::string& id) { return db.run("DELETE FROM tokens WHERE id = ?", id); }

Status write_setting(Database& db, const std::string& name, const std::string& value) {
  return db.run(
      "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name,
      value);
}

Result<std::string> read_setting(Database& db, const std::string& name) {
  return one<std::string>(
      db, "SELECT value FROM settings WHERE name = ?", [](const Row& row) { return row.bytes(0); }, name, "setting",
      name);
}

Result<std::map<std::string, std::string>> read_settings(Database& db, const std::string& beginning) {
  std::map<std::string, std::string> found;
  PLIMSOLL_CHECK(db.each(
      "SELECT name, value FROM settings WHERE substr(name, 1, length(?1)) = ?1",
      [&](const Row& row) { found.emplace(row.bytes(0), row.bytes(1)); }, beginning));
  return found;
}

Status take_setting(Database& db, const std::string& name) {
  PLIMSOLL_CHECK(db.run("DELETE FROM settings WHERE name = ?", name));
  PLIMSOLL_TRY(taken, db.changes());
  if (taken == 0) return not_found("setting", name);
  return Done{};
}

}  // namespace plimsoll::journal
