#pragma once
#include "journal/database.h"
#include "journal/journal.h"

// Users, sessions, tokens and settings in their tables; the contracts are those of journal.h.
namespace plimsoll::journal {

Status write_user(Database& db, const User& user);
Result<User> read_user(Database& db, const std::string& name);
Result<std::vector<User>> read_users(Database& db);
Status erase_user(Database& db, const std::string& name);

Status write_session(Database& db, const Session& session);
Status touch_session(Database& db, const std::string& hash, Instant used);
Result<Session> read_session(Database& db, const std::string& hash);
Result<std::vector<Session>> read_sessions(Database& db, const std::string& user);
Status erase_session(Database& db, const std::string& hash);
Status erase_expired(Database& db, Instant now);

Status write_token(Database& db, const ApiToken& token);
Status touch_token(Database& db, const std::string& id, Instant used);
Result<ApiToken> read_token(Database& db, const std::string& hash);
Result<std::vector<ApiToken>> read_tokens(Database& db);
Status erase_token(Database& db, const std::string& id);

Status write_setting(Database& db, const std::string& name, const std::string& value);
Result<std::string> read_setting(Database& db, const std::string& name);
Result<std::map<std::string, std::string>> read_settings(Database& db, const std::string& beginning);
Status take_setting(Database& db, const std::string& name);

}  // namespace plimsoll::journal
