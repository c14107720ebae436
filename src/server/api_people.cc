#include <algorithm>
#include <array>
#include <set>

#include "server/api.h"
#include "server/handlers.h"
#include "wire/json_writer.h"
#include "wire/report_pieces.h"

namespace plimsoll::server {
namespace {

constexpr std::string_view token_prefix = "plm_";  // so that scanners for leaked secrets find them

// The texts of a body, each of which must be there.
Result<Body> body_with(const Call& call, const std::vector<std::string_view>& needed,
                       std::vector<std::string_view> optional = {}) {
  optional.insert(optional.end(), needed.begin(), needed.end());
  PLIMSOLL_TRY(body, parse_body(call.request.body, optional));
  for (const std::string_view name : needed) {
    if (!body.texts.contains(name))
      return Error{ErrorKind::malformed, "the body lacks the text '" + std::string(name) + "'"};
  }
  return body;
}

// Waiting is another answer than being wrong.
Response sign_in_problem(const Error& error) {
  if (error.kind == ErrorKind::denied) return problem(401, error.message);
  return error.kind == ErrorKind::limit ? problem(429, error.message + "; " + error.advice) : problem(error);
}

std::string principal_json(const Principal& who) {
  constexpr std::array<std::string_view, 4> names{"nobody", "viewer", "operator", "admin"};
  wire::JsonWriter out;
  out.begin_object().member("name", who.user).member("role", names[static_cast<size_t>(who.access)]).key("csrf");
  if (who.csrf.empty())
    out.null();
  else
    out.value(who.csrf);
  out.end_object();
  return std::move(out).take() + "\n";
}

void write_user(wire::JsonWriter& out, const journal::User& user) {
  out.begin_object().member("name", user.name).member("role", name_of_role(user.role));
  out.member("disabled", user.disabled).key("created_at");
  wire::write_instant(out, user.created_at);
  out.key("last_sign_in");
  wire::write_instant(out, user.last_sign_in.value_or(Instant{}));
  out.end_object();
}

void write_token(wire::JsonWriter& out, const journal::ApiToken& token) {
  out.begin_object().member("id", token.id).member("user", token.user).member("label", token.label);
  out.member("scope", name_of_role(token.scope)).key("created_at");
  wire::write_instant(out, token.created_at);
  out.key("expires_at");
  wire::write_instant(out, token.expires_at.value_or(Instant{}));
  out.key("last_used");
  wire::write_instant(out, token.last_used.value_or(Instant{}));
  out.end_object();
}

// What only a person who signed in may do: a leaked token must not be able to outlive its own removal.
std::optional<Response> unless_session(const Call& call) {
  if (!call.who.session_hash.empty()) return std::nullopt;
  return problem(403, "an API token may not do this; sign in");
}

// conflict: the change would leave nobody who can administer.
Status keep_an_admin(journal::Journal& journal, const std::string& changed) {
  PLIMSOLL_TRY(users, journal.users());
  const bool another = std::any_of(users.begin(), users.end(), [&](const journal::User& user) {
    return user.name != changed && user.role == journal::Role::admin && !user.disabled;
  });
  if (another) return Done{};
  return Error{ErrorKind::conflict, "this is the last admin; make another one first"};
}

Status end_sessions(journal::Journal& journal, const std::string& user, const std::string& but) {
  PLIMSOLL_TRY(sessions, journal.sessions(user));
  for (const journal::Session& session : sessions) {
    if (session.hash != but) PLIMSOLL_CHECK(journal.remove_session(session.hash));
  }
  return Done{};
}

// What came from where, for the journal.
std::string from_json(const Call& call, std::string_view name) {
  wire::JsonWriter out;
  out.begin_object().member("name", name).member("from", call.request.peer).end_object();
  return std::move(out).take();
}

}  // namespace

Response get_setup(Api& api, const Call&) {
  PLIMSOLL_OR_PROBLEM(users, api.journal().users());
  return json_response(users.empty() ? "{\"needed\": true}\n" : "{\"needed\": false}\n");
}

Response set_up(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(body, body_with(call, {"secret", "name", "passphrase"}));
  PLIMSOLL_OR_PROBLEM(user,
                      api.auth().set_up(body.texts["secret"], body.texts["name"], body.texts["passphrase"], call.now));
  if (const Status told = api.tell("user.set-up", "user:" + user.name, from_json(call, user.name)); !told.ok())
    return problem(told.error());
  PLIMSOLL_OR_PROBLEM(in, api.auth().begin_session(call.request, user, call.now));
  Response out = json_response(principal_json(in.who), 201);
  out.headers.emplace_back("Set-Cookie", in.cookie);
  return out;
}

Response log_in(Api& api, const Call& call) {
  constexpr size_t longest = 64;
  PLIMSOLL_OR_PROBLEM(body, body_with(call, {"name", "passphrase"}));
  const std::string& name = body.texts["name"];
  // A name that cannot be one is not worth a hash, nor a row of the throttle.
  if (!acceptable_name(name).ok() || body.texts["passphrase"].size() > 1024)
    return problem(401, "the name or the pass phrase is wrong");
  Result<Auth::SignedIn> in =
      api.auth().sign_in(call.request, name, body.texts["passphrase"], call.now, api.ground().steady_now());
  const bool counts = in.ok() || in.error().kind == ErrorKind::denied;
  if (counts) {
    const Status told = api.tell(in.ok() ? "auth.sign-in" : "auth.sign-in-failed", "user:" + name.substr(0, longest),
                                 from_json(call, name));
    // Nobody comes in unseen.
    if (!told.ok()) return problem(told.error());
  }
  if (!in.ok()) return sign_in_problem(in.error());
  Response out = json_response(principal_json(in->who));
  out.headers.emplace_back("Set-Cookie", in->cookie);
  return out;
}

Response log_out(Api& api, const Call& call) {
  if (const Status ended = api.auth().end_session(call.who); !ended.ok()) return problem(ended.error());
  Response out = no_content();
  out.headers.emplace_back("Set-Cookie", Auth::no_cookie(call.request.secure));
  out.headers.emplace_back("Clear-Site-Data", "\"cache\", \"cookies\", \"storage\"");
  return out;
}

Response get_me(Api&, const Call& call) { return json_response(principal_json(call.who)); }

Response change_passphrase(Api& api, const Call& call) {
  if (auto refused = unless_session(call)) return *refused;
  PLIMSOLL_OR_PROBLEM(body, body_with(call, {"old", "new"}));
  // The old one is asked for as at a login, throttle and all.
  const Result<journal::User> same =
      api.auth().check_passphrase(call.request, call.who.user, body.texts["old"], api.ground().steady_now());
  if (!same.ok()) return sign_in_problem(same.error());
  if (const Status fine = acceptable_passphrase(body.texts["new"], call.who.user); !fine.ok())
    return problem(fine.error());
  PLIMSOLL_OR_PROBLEM(user, api.journal().user(call.who.user));
  PLIMSOLL_OR_PROBLEM(hash, hash_passphrase(body.texts["new"]));
  user.secret_hash = hash;
  if (const Status put = api.journal().put_user(user); !put.ok()) return problem(put.error());
  // Whoever came in with the old one is out.
  if (const Status ended = end_sessions(api.journal(), user.name, call.who.session_hash); !ended.ok())
    return problem(ended.error());
  return json_response("{}\n");
}

Response list_users(Api& api, const Call&) {
  PLIMSOLL_OR_PROBLEM(users, api.journal().users());
  wire::JsonWriter out;
  out.begin_object().key("items");
  wire::write_array(out, users, write_user);
  out.end_object();
  return json_response(std::move(out).take() + "\n");
}

Response add_user(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(body, body_with(call, {"name", "role", "passphrase"}));
  journal::User user;
  user.name = body.texts["name"];
  if (const Status fine = acceptable_name(user.name); !fine.ok()) return problem(fine.error());
  if (const Status fine = acceptable_passphrase(body.texts["passphrase"], user.name); !fine.ok())
    return problem(fine.error());
  const auto role = parse_role(body.texts["role"]);
  if (!role) return problem(400, "'role' is viewer, operator or admin");
  if (api.journal().user(user.name).ok()) return problem(409, "there is somebody of that name");
  user.role = *role;
  user.created_at = call.now;
  PLIMSOLL_OR_PROBLEM(hash, hash_passphrase(body.texts["passphrase"]));
  user.secret_hash = hash;
  if (const Status put = api.journal().put_user(user); !put.ok()) return problem(put.error());
  wire::JsonWriter out;
  write_user(out, user);
  return json_response(std::move(out).take() + "\n", 201);
}

Response change_user(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(body, body_with(call, {}, {"role", "passphrase", "disabled"}));
  PLIMSOLL_OR_PROBLEM(user, api.journal().user(call.parameter("name")));
  if (body.texts.contains("role")) {
    const auto role = parse_role(body.texts["role"]);
    if (!role) return problem(400, "'role' is viewer, operator or admin");
    user.role = *role;
  }
  if (body.numbers.contains("disabled")) user.disabled = body.numbers["disabled"] != 0;
  if (user.role != journal::Role::admin || user.disabled) {
    if (const Status kept = keep_an_admin(api.journal(), user.name); !kept.ok()) return problem(kept.error());
  }
  if (body.texts.contains("passphrase")) {
    if (const Status fine = acceptable_passphrase(body.texts["passphrase"], user.name); !fine.ok())
      return problem(fine.error());
    PLIMSOLL_OR_PROBLEM(hash, hash_passphrase(body.texts["passphrase"]));
    user.secret_hash = hash;
  }
  if (const Status put = api.journal().put_user(user); !put.ok()) return problem(put.error());
  if (user.disabled || body.texts.contains("passphrase")) {
    if (const Status ended = end_sessions(api.journal(), user.name, call.who.session_hash); !ended.ok())
      return problem(ended.error());
  }
  wire::JsonWriter out;
  write_user(out, user);
  return json_response(std::move(out).take() + "\n");
}

Response remove_user(Api& api, const Call& call) {
  const std::string& name = call.parameter("name");
  PLIMSOLL_OR_PROBLEM(user, api.journal().user(name));
  if (const Status kept = keep_an_admin(api.journal(), name); !kept.ok()) return problem(kept.error());
  if (const Status removed = api.journal().remove_user(user.name); !removed.ok()) return problem(removed.error());
  return no_content();
}

Response list_tokens(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(tokens, api.journal().tokens());
  if (call.who.access < Access::admin)
    std::erase_if(tokens, [&](const journal::ApiToken& token) { return token.user != call.who.user; });
  wire::JsonWriter out;
  out.begin_object().key("items");
  wire::write_array(out, tokens, write_token);
  out.end_object();
  return json_response(std::move(out).take() + "\n");
}

Response add_token(Api& api, const Call& call) {
  constexpr int64_t longest_days = 366;
  constexpr size_t longest_label = 100, id_digits = 16;
  if (auto refused = unless_session(call)) return *refused;
  PLIMSOLL_OR_PROBLEM(body, body_with(call, {"label", "scope"}, {"days"}));
  const auto scope = parse_role(body.texts["scope"]);
  if (!scope) return problem(400, "'scope' is viewer, operator or admin");
  if (access_of(*scope) > call.who.access) return problem(403, "a token cannot do more than you can");
  if (body.texts["label"].empty() || body.texts["label"].size() > longest_label)
    return problem(400, "'label' is 1 to 100 bytes");
  const int64_t days = body.numbers.contains("days") ? body.numbers["days"] : 90;
  if (days < 1 || days > longest_days) return problem(400, "'days' is 1 to 366");
  PLIMSOLL_OR_PROBLEM(secret, new_secret());
  const std::string shown = std::string(token_prefix) + secret;
  journal::ApiToken token;
  token.hash = secret_hash(shown);
  token.id = secret_hash("id:" + shown).substr(0, id_digits);
  token.user = call.who.user;
  token.label = body.texts["label"];
  token.scope = *scope;
  token.created_at = call.now;
  token.expires_at = call.now + std::chrono::hours(24 * days);
  if (const Status put = api.journal().put_token(token); !put.ok()) return problem(put.error());
  wire::JsonWriter out;
  out.begin_object().member("secret", shown).key("token");
  write_token(out, token);
  out.end_object();
  return json_response(std::move(out).take() + "\n", 201);
}

Response remove_token(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(tokens, api.journal().tokens());
  const auto token = std::find_if(tokens.begin(), tokens.end(),
                                  [&](const journal::ApiToken& each) { return each.id == call.parameter("id"); });
  // Whose it is, is nobody else's to know.
  if (token == tokens.end() || (token->user != call.who.user && call.who.access < Access::admin))
    return problem(404, "there is no such token");
  if (const Status removed = api.journal().remove_token(token->id); !removed.ok()) return problem(removed.error());
  return no_content();
}

}  // namespace plimsoll::server
