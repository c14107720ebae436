#pragma once
#include <optional>
#include <string>

#include "base/result.h"
#include "journal/journal.h"
#include "server/http.h"
#include "server/kept_moment.h"
#include "server/routes.h"
#include "server/secrets.h"

namespace plimsoll::server {

// Who is calling.
struct Principal {
  std::string user;
  Access access = Access::open;
  std::string session_hash;  // of a browser's session
  std::string token_id;      // of an API token
  std::string csrf;          // what a session's changes must carry
  std::string token_hash;    // of an API token, likewise
  std::string actor() const { return token_id.empty() ? "user:" + user : "token:" + token_id + " of user:" + user; }
};

Access access_of(journal::Role role);
std::optional<journal::Role> parse_role(std::string_view text);
std::string_view name_of_role(journal::Role role);

// Sessions, tokens and the setup link. Thread-safe, as the journal is. Whom it knows it keeps for a moment
// (kept_moment.h); what this process changes of them counts with the next request.
class Auth {
 public:
  explicit Auth(journal::Journal& journal) : journal_(journal) {}

  // Who sent the request, by its cookie or its bearer token; nobody (Access::open) when it carries neither. denied:
  // what it carries is not valid, or no more.
  Result<Principal> principal(const Request& request, Instant now);
  // The same person again, later; false when the session or the token is over.
  bool still_valid(const Principal& who, Instant now) const;

  // denied: wrong name or pass phrase (which of them is not told). limit: too many tries, wait.
  struct SignedIn {
    Principal who;
    std::string cookie;  // value of Set-Cookie
  };
  Result<SignedIn> sign_in(const Request& request, const std::string& name, const std::string& passphrase, Instant now,
                           int64_t steady_now);
  // The first half of it: whether name and pass phrase belong together.
  Result<journal::User> check_passphrase(const Request& request, const std::string& name, const std::string& passphrase,
                                         int64_t steady_now);
  Result<SignedIn> begin_session(const Request& request, const journal::User& user, Instant now);
  Status end_session(const Principal& who);
  // What takes the cookie away.
  static std::string no_cookie(bool secure);

  // A secret for the setup link while there is no user; nothing when there is one. Each call makes the former void.
  Result<std::optional<std::string>> offer_setup(Instant now);
  // Makes the first user, an admin, once. denied: not the link's secret, used up or too old.
  Result<journal::User> set_up(const std::string& secret, const std::string& name, const std::string& passphrase,
                               Instant now);

 private:
  Result<Principal> by_session(const std::string& secret, Instant now);
  Result<Principal> by_token(std::string_view secret, Instant now);
  Result<journal::User> known_user(const std::string& name) const;
  Result<journal::Session> known_session(const std::string& hash) const;
  Result<journal::ApiToken> known_token(const std::string& hash) const;

  journal::Journal& journal_;
  mutable KeptMoment<journal::User> users_;        // by name
  mutable KeptMoment<journal::Session> sessions_;  // by hash
  mutable KeptMoment<journal::ApiToken> tokens_;   // by hash
  Throttle by_name_{5}, by_address_{20};
};

// A person's name: 1 to 64 of letters, digits and . _ - @
Status acceptable_name(std::string_view name);

}  // namespace plimsoll::server
