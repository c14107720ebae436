#include "server/sign_on.h"

#include <algorithm>
#include <array>

#include "base/sha256.h"
#include "base/text.h"
#include "server/secrets.h"
#include "wire/json_writer.h"

namespace plimsoll::server {
namespace {

constexpr int64_t validity = 600;  // seconds for a person at the provider's page
constexpr size_t most_pending = 1000;
constexpr int most_at_once = 2;  // workers that may wait for the provider: others serve on
constexpr const char* callback = "/api/v1/sign-on/callback";

std::string cookie_name(bool secure) { return secure ? "__Host-plimsoll-sign-on" : "plimsoll-sign-on"; }

// Lax: it must come along when the provider sends the browser back.
std::string set_cookie(bool secure, std::string_view value, int64_t seconds) {
  return cookie_name(secure) + "=" + std::string(value) + "; Path=/; Max-Age=" + std::to_string(seconds) +
         "; HttpOnly; SameSite=Lax" + (secure ? "; Secure" : "");
}

// The SHA-256 of a text as base64url: PKCE's S256 (RFC 7636 section 4.2).
std::string challenge_of(const std::string& verifier) {
  const std::string hex = sha256_hex(verifier);
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  uint32_t bits = 0;
  int held = 0;
  for (const char c : hex) {
    bits = (bits << 4) | static_cast<uint32_t>(c <= '9' ? c - '0' : c - 'a' + 10);
    for (held += 4; held >= 6; held -= 6) out += digits[(bits >> (held - 6)) & 63];
  }
  if (held > 0) out += digits[(bits << (6 - held)) & 63];
  return out;
}

std::string_view asked(const Query& query, std::string_view name) {
  const auto found = query.find(name);
  return found == query.end() ? std::string_view() : std::string_view(found->second);
}

Error stale() {
  return {ErrorKind::denied, "this sign-on is not of this browser, was used already, or took too long; begin again"};
}

}  // namespace

std::string SignOnDesk::no_cookie(bool secure) { return set_cookie(secure, "", 0); }

std::string SignOnDesk::redirect_for(const Request& request) const {
  if (!settings_.redirect.empty()) return settings_.redirect + callback;
  // The Host header was held against the names that are ours.
  return (request.secure ? "https://" : "http://") + std::string(request.header("host")) + callback;
}

Result<Body> SignOnDesk::ask(const std::string& json) {
  constexpr std::chrono::seconds patience{20};
  if (++asking_ > most_at_once) {
    --asking_;
    return Error{ErrorKind::limit, "too many sign-ons at once; try again"};
  }
  const Result<std::string> reply = link_.ask(ToCourier::sign_on, json, patience);
  --asking_;
  if (!reply.ok()) return reply.error();
  std::string_view rest = *reply;
  const auto fault = take_line(rest);
  if (!fault) return Error{ErrorKind::malformed, "a broken answer"};
  if (!fault->empty())
    return Error{*fault == "denied" ? ErrorKind::denied : ErrorKind::unreachable, printable(rest, 500)};
  return parse_body(rest, {"url", "subject", "name", "roles"});
}

Result<SignOnDesk::Departure> SignOnDesk::depart(const Request& request, int64_t steady_now) {
  std::array<std::string, 4> secrets;  // state, browser, nonce, verifier
  for (std::string& each : secrets) {
    PLIMSOLL_TRY(secret, new_secret());
    each = std::move(secret);
  }
  const auto& [state, browser, nonce, verifier] = secrets;
  Pending pending{secret_hash(browser), nonce, verifier, redirect_for(request), steady_now + validity};
  wire::JsonWriter question;
  question.begin_object().member("do", "authorize").member("state", state).member("nonce", nonce);
  question.member("challenge", challenge_of(verifier)).member("redirect", pending.redirect).end_object();
  PLIMSOLL_TRY(answer, ask(std::move(question).take()));
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(pending_, [&](const auto& each) { return each.second.until <= steady_now; });
    if (pending_.size() >= most_pending) return Error{ErrorKind::limit, "too many sign-ons at once; try again"};
    pending_[secret_hash(state)] = std::move(pending);
  }
  return Departure{answer.texts["url"], set_cookie(request.secure, browser, validity)};
}

Result<SignOnDesk::Pending> SignOnDesk::take_pending(const Request& request, const Query& query, int64_t steady_now) {
  const auto browser = cookie_of(request.header("cookie"), cookie_name(request.secure));
  const std::lock_guard lock(mutex_);
  const auto found = pending_.find(secret_hash(asked(query, "state")));
  if (found == pending_.end() || !browser) return stale();
  if (!same_secret(found->second.browser, secret_hash(*browser))) return stale();
  Pending out = std::move(found->second);
  pending_.erase(found);  // once, whatever comes of it
  if (out.until <= steady_now) return stale();
  return out;
}

std::string SignOnDesk::role_for(const std::vector<std::string>& claimed) const {
  std::string best = settings_.default_role;
  const auto rank = [](const std::string& role) {
    return role == "admin" ? 3 : role == "operator" ? 2 : role == "viewer" ? 1 : 0;
  };
  for (const auto& [value, role] : settings_.roles) {
    const bool has = std::find(claimed.begin(), claimed.end(), value) != claimed.end();
    if (has && rank(role) > rank(best)) best = role;
  }
  return best;
}

Result<journal::User> SignOnDesk::user_for(const Body& claims, Instant now) {
  const auto text = [&](std::string_view name) {
    const auto found = claims.texts.find(name);
    return found == claims.texts.end() ? std::string() : found->second;
  };
  const auto roles = claims.lists.find("roles");
  const auto role = parse_role(role_for(roles == claims.lists.end() ? std::vector<std::string>{} : roles->second));
  if (!role) return Error{ErrorKind::denied, "the provider knows you, but none of your roles may come in here"};
  const std::string name = text("name");
  if (const Status fine = acceptable_name(name); !fine.ok())
    return Error{ErrorKind::denied, "the provider's name for you cannot be one here: " + fine.error().message};
  // A name belongs to whoever had it first: to an account with a pass phrase, or to one person at the provider.
  const std::string owner = sha256_hex(settings_.issuer + "\n" + text("subject"));
  const std::string setting = "sign-on.user." + name;
  Result<journal::User> known = journal_.user(name);
  if (!known.ok() && known.error().kind != ErrorKind::not_found) return known;
  if (known.ok()) {
    const Result<std::string> kept = journal_.setting(setting);
    if (!kept.ok() && kept.error().kind != ErrorKind::not_found) return kept.error();
    if (!known->secret_hash.empty() || !kept.ok() || *kept != owner)
      return Error{ErrorKind::denied, "there is another account of that name here"};
    if (known->disabled) return Error{ErrorKind::denied, "this account is disabled here"};
  }
  journal::User user = known.ok() ? std::move(*known) : journal::User{};
  if (!known.ok()) user.created_at = now;
  user.name = name;
  user.role = *role;
  user.last_sign_in = now;
  PLIMSOLL_CHECK(journal_.put_setting(setting, owner));
  PLIMSOLL_CHECK(journal_.put_user(user));
  return user;
}

Result<journal::User> SignOnDesk::arrive(const Request& request, const Query& query, Instant now, int64_t steady_now) {
  PLIMSOLL_TRY(pending, take_pending(request, query, steady_now));
  if (const std::string_view error = asked(query, "error"); !error.empty())
    return Error{ErrorKind::denied, "the provider says: " + printable(error, 100)};
  // RFC 9207: where it is told, an answer of another provider is seen.
  if (const std::string_view issuer = asked(query, "iss"); !issuer.empty() && issuer != settings_.issuer)
    return stale();
  wire::JsonWriter question;
  question.begin_object()
      .member("do", "exchange")
      .member("code", asked(query, "code"))
      .member("verifier", pending.verifier);
  question.member("redirect", pending.redirect).member("nonce", pending.nonce).end_object();
  PLIMSOLL_TRY(claims, ask(std::move(question).take()));
  return user_for(claims, now);
}

}  // namespace plimsoll::server
