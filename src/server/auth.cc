#include "server/auth.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "server/request_text.h"

namespace plimsoll::server {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
constexpr hours longest_session{24}, idle_session{4}, setup_validity{24};
constexpr minutes touched_every{1};  // so that not every request is a write
constexpr const char* setup_setting = "setup-link";

// The prefix binds a cookie to this host and to TLS (draft-ietf-httpbis-rfc6265bis, "__Host-").
std::string cookie_name(bool secure) { return secure ? "__Host-plimsoll" : "plimsoll"; }

std::string set_cookie(bool secure, std::string_view value, int64_t seconds) {
  return cookie_name(secure) + "=" + std::string(value) + "; Path=/; Max-Age=" + std::to_string(seconds) +
         "; HttpOnly; SameSite=Strict" + (secure ? "; Secure" : "");
}

Error not_valid() { return Error{ErrorKind::denied, "the session or token is not valid, or no more"}; }

// Bound to the session's secret, which no script can read; and not the secret itself.
std::string csrf_of(const std::string& session_secret) { return secret_hash("csrf:" + session_secret); }

// Whoever asks for a name that does not exist waits as long as for one that does.
const std::string& hash_of_nobody() {
  static const std::string hash = hash_passphrase("a pass phrase that nobody has").value_or("");
  return hash;
}

constexpr std::array<std::pair<std::string_view, journal::Role>, 3> role_names{{
    {"viewer", journal::Role::viewer},
    {"operator", journal::Role::operator_},
    {"admin", journal::Role::admin},
}};

}  // namespace

Access access_of(journal::Role role) {
  switch (role) {
    case journal::Role::admin:
      return Access::admin;
    case journal::Role::operator_:
      return Access::operator_;
    case journal::Role::viewer:
      break;
  }
  return Access::viewer;
}

std::optional<journal::Role> parse_role(std::string_view text) {
  for (const auto& [name, role] : role_names) {
    if (name == text) return role;
  }
  return std::nullopt;
}

std::string_view name_of_role(journal::Role role) {
  for (const auto& [name, each] : role_names) {
    if (each == role) return name;
  }
  return "viewer";
}

Status acceptable_name(std::string_view name) {
  constexpr size_t longest = 64;
  const bool fine = !name.empty() && name.size() <= longest && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-@").find(c) != std::string_view::npos;
  });
  if (fine) return Done{};
  return Error{ErrorKind::malformed, "a name is 1 to 64 letters, digits, '.', '_', '-' or '@'"};
}

Result<Principal> Auth::principal(const Request& request, Instant now) {
  const std::string_view authorization = request.header("authorization");
  if (!authorization.empty()) {
    constexpr std::string_view scheme = "bearer ";
    if (lower(authorization.substr(0, scheme.size())) != scheme) return not_valid();
    return by_token(trim(authorization.substr(scheme.size())), now);
  }
  const auto cookie = cookie_of(request.header("cookie"), cookie_name(request.secure));
  return cookie ? by_session(*cookie, now) : Principal{};
}

Result<Principal> Auth::by_session(const std::string& secret, Instant now) {
  Result<journal::Session> session = known_session(secret_hash(secret));
  // A browser that still holds an old cookie is nobody: it must be able to sign in.
  if (!session.ok())
    return session.error().kind == ErrorKind::not_found ? Result<Principal>(Principal{}) : session.error();
  Principal who{session->user, Access::open, session->hash, "", csrf_of(secret), ""};
  if (!still_valid(who, now)) return Principal{};
  PLIMSOLL_TRY(user, known_user(session->user));
  who.access = access_of(user.role);
  // A full disk must not lock people out; the next request tries again.
  if (now - session->last_used >= touched_every) (void)journal_.touch_session(session->hash, now);
  return who;
}

Result<Principal> Auth::by_token(std::string_view secret, Instant now) {
  const Result<journal::ApiToken> token = known_token(secret_hash(secret));
  if (!token.ok()) return token.error().kind == ErrorKind::not_found ? not_valid() : token.error();
  if (token->expires_at && *token->expires_at <= now) return not_valid();
  const Result<journal::User> user = known_user(token->user);
  if (!user.ok()) return user.error().kind == ErrorKind::not_found ? not_valid() : user.error();
  if (user->disabled) return not_valid();
  if (!token->last_used || now - *token->last_used >= touched_every) (void)journal_.touch_token(token->id, now);
  return Principal{token->user, std::min(access_of(token->scope), access_of(user->role)), "", token->id, "",
                   token->hash};
}

bool Auth::still_valid(const Principal& who, Instant now) const {
  const Result<journal::User> user = known_user(who.user);
  if (!user.ok() || user->disabled) return false;
  if (!who.session_hash.empty()) {
    const Result<journal::Session> session = known_session(who.session_hash);
    return session.ok() && session->expires_at > now && now - session->last_used < idle_session;
  }
  const Result<journal::ApiToken> token = known_token(who.token_hash);
  return token.ok() && token->id == who.token_id && (!token->expires_at || *token->expires_at > now);
}

Result<journal::User> Auth::known_user(const std::string& name) const {
  return users_.get(name, journal_.people_version(), std::chrono::steady_clock::now(),
                    [&] { return journal_.user(name); });
}

Result<journal::Session> Auth::known_session(const std::string& hash) const {
  return sessions_.get(hash, journal_.people_version(), std::chrono::steady_clock::now(),
                       [&] { return journal_.session(hash); });
}

Result<journal::ApiToken> Auth::known_token(const std::string& hash) const {
  return tokens_.get(hash, journal_.people_version(), std::chrono::steady_clock::now(),
                     [&] { return journal_.token_by_hash(hash); });
}

Result<journal::User> Auth::check_passphrase(const Request& request, const std::string& name,
                                             const std::string& passphrase, int64_t steady_now) {
  const int64_t wait = std::max(by_name_.wait(name, steady_now), by_address_.wait(request.peer, steady_now));
  if (wait > 0)
    return Error{ErrorKind::limit, "too many failed tries", {}, "wait " + std::to_string(wait) + " seconds"};
  Result<journal::User> user = journal_.user(name);
  if (!user.ok() && user.error().kind != ErrorKind::not_found) return user.error();
  const bool known = user.ok() && !user->secret_hash.empty();
  const bool fits = passphrase_fits(passphrase, known ? user->secret_hash : hash_of_nobody());
  if (!known || !fits || user->disabled) {
    by_name_.failed(name, steady_now);
    by_address_.failed(request.peer, steady_now);
    return Error{ErrorKind::denied, "the name or the pass phrase is wrong"};
  }
  by_name_.succeeded(name);
  return user;
}

Result<Auth::SignedIn> Auth::sign_in(const Request& request, const std::string& name, const std::string& passphrase,
                                     Instant now, int64_t steady_now) {
  PLIMSOLL_TRY(user, check_passphrase(request, name, passphrase, steady_now));
  user.last_sign_in = now;
  PLIMSOLL_CHECK(journal_.put_user(user));
  return begin_session(request, user, now);
}

Result<Auth::SignedIn> Auth::begin_session(const Request& request, const journal::User& user, Instant now) {
  constexpr size_t longest_client = 120;
  PLIMSOLL_TRY(secret, new_secret());
  journal::Session session;
  session.hash = secret_hash(secret);
  session.user = user.name;
  session.created_at = session.last_used = now;
  session.expires_at = now + longest_session;
  session.from = request.peer + " " + printable(request.header("user-agent"), longest_client);
  PLIMSOLL_CHECK(journal_.put_session(session));
  SignedIn out;
  out.who = {user.name, access_of(user.role), session.hash, "", csrf_of(secret), ""};
  out.cookie = set_cookie(request.secure, secret, std::chrono::seconds(longest_session).count());
  return out;
}

Status Auth::end_session(const Principal& who) {
  if (who.session_hash.empty()) return Error{ErrorKind::conflict, "an API token has no session; remove the token"};
  return journal_.remove_session(who.session_hash);
}

std::string Auth::no_cookie(bool secure) { return set_cookie(secure, "", 0); }

Result<std::optional<std::string>> Auth::offer_setup(Instant now) {
  PLIMSOLL_TRY(users, journal_.users());
  if (!users.empty()) return std::optional<std::string>();
  PLIMSOLL_TRY(secret, new_secret());
  PLIMSOLL_CHECK(journal_.put_setting(setup_setting, secret_hash(secret) + " " + format_rfc3339(now + setup_validity)));
  return std::optional<std::string>(std::move(secret));
}

Result<journal::User> Auth::set_up(const std::string& secret, const std::string& name, const std::string& passphrase,
                                   Instant now) {
  const Error refused{ErrorKind::denied,
                      "the setup link is not valid, used already or too old",
                      {},
                      "start plimsoll serve again for a new one, while nobody has an account"};
  PLIMSOLL_CHECK(acceptable_name(name));
  PLIMSOLL_CHECK(acceptable_passphrase(passphrase, name));
  const Result<std::string> kept = journal_.setting(setup_setting);
  if (!kept.ok()) return kept.error().kind == ErrorKind::not_found ? refused : kept.error();
  const auto parts = split(*kept, ' ');
  const auto until = parts.size() == 2 ? parse_rfc3339(parts[1]) : std::nullopt;
  if (!until || *until <= now || !same_secret(parts[0], secret_hash(secret))) return refused;
  journal::User user;
  user.name = name;
  user.role = journal::Role::admin;
  user.created_at = now;
  PLIMSOLL_TRY(hash, hash_passphrase(passphrase));
  user.secret_hash = std::move(hash);
  // Of two that come at once, one takes it.
  const Status taken = journal_.take_setting(setup_setting);
  if (!taken.ok()) return taken.error().kind == ErrorKind::not_found ? refused : taken.error();
  PLIMSOLL_CHECK(journal_.put_user(user));
  return user;
}

}  // namespace plimsoll::server
