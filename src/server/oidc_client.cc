#include "server/oidc_client.h"

#include <simdjson.h>

#include "base/clock.h"
#include "base/text.h"
#include "notify/encode.h"
#include "notify/transfer.h"
#include "server/request_text.h"
#include "wire/json_writer.h"

namespace plimsoll::server {
namespace {

using simdjson::dom::element;

constexpr size_t most_answer = size_t{1} << 20;
constexpr std::chrono::hours known_for{1};
constexpr std::chrono::seconds keys_again_after{30};

// application/x-www-form-urlencoded, and a query's value: all but what is never special.
std::string encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    if (plain)
      out += c;
    else
      out += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

Result<std::string> address_in(const element& document, std::string_view name) {
  std::string_view text;
  if (document[name].get(text) == simdjson::SUCCESS) {
    if (const auto address = notify::parse_address(text); address && address->scheme == "https")
      return std::string(text);
  }
  return Error{ErrorKind::malformed, "the provider's configuration lacks an https address as " + std::string(name)};
}

bool lists(const element& document, std::string_view name, std::string_view wanted) {
  simdjson::dom::array list;
  if (document[name].get(list) != simdjson::SUCCESS) return false;
  for (const element each : list) {
    std::string_view text;
    if (each.get(text) == simdjson::SUCCESS && text == wanted) return true;
  }
  return false;
}

}  // namespace

Result<std::string> OidcClient::answer(std::string_view json) {
  PLIMSOLL_TRY(body, parse_body(json, {"do", "state", "nonce", "challenge", "redirect", "code", "verifier"}));
  PLIMSOLL_CHECK(discover(wall_clock()));
  return body.texts["do"] == "authorize" ? authorize(body.texts) : exchange(body.texts);
}

Result<std::string> OidcClient::fetch(const std::string& url, const std::string* form, bool with_secret) {
  const notify::DeliveryBounds quick{std::chrono::seconds(5), std::chrono::seconds(8), std::chrono::seconds(12)};
  notify::Transfer transfer(url, credentials_, quick);
  std::vector<std::pair<std::string, std::string>> headers{{"Accept", "application/json"}};
  if (form != nullptr) headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  // RFC 6749 section 2.3.1: both are encoded before they are joined.
  if (with_secret)
    headers.emplace_back("Authorization",
                         "Basic " + notify::base64(encoded(settings_.client_id) + ":" + encoded(credentials_.secret)));
  Result<notify::Transfer::Answer> got = transfer.http(headers, form, most_answer);
  if (!got.ok()) return Error{ErrorKind::unreachable, "the provider cannot be reached: " + got.error().message};
  if (got->status == 200) return std::move(got->body);
  return Error{got->status == 400 || got->status == 401 ? ErrorKind::denied : ErrorKind::unreachable,
               "the provider answers " + std::to_string(got->status) + ": " + printable(trim(got->body), 200)};
}

Status OidcClient::discover(Instant at) {
  if (provider_ && at - provider_->known_at < known_for && at >= provider_->known_at) return Done{};
  std::string issuer = settings_.issuer;
  while (!issuer.empty() && issuer.back() == '/') issuer.pop_back();
  PLIMSOLL_TRY(json, fetch(issuer + "/.well-known/openid-configuration", nullptr, false));
  simdjson::dom::parser parser;
  element document;
  const simdjson::padded_string padded(json);
  std::string_view said;
  if (parser.parse(padded).get(document) != simdjson::SUCCESS || document["issuer"].get(said) != simdjson::SUCCESS)
    return Error{ErrorKind::malformed, "the provider's configuration is broken"};
  // Discovery 1.0, section 4.3: the same, to the letter; else one provider could speak for another.
  if (said != settings_.issuer)
    return Error{ErrorKind::denied, "the provider calls itself " + printable(said, 200) + "; write that as issuer"};
  Provider out;
  PLIMSOLL_TRY(authorization, address_in(document, "authorization_endpoint"));
  PLIMSOLL_TRY(token, address_in(document, "token_endpoint"));
  PLIMSOLL_TRY(keys, address_in(document, "jwks_uri"));
  out.authorization = std::move(authorization);
  out.token = std::move(token);
  out.keys = std::move(keys);
  constexpr std::string_view methods = "token_endpoint_auth_methods_supported";
  out.secret_in_body =
      lists(document, methods, "client_secret_post") && !lists(document, methods, "client_secret_basic");
  out.known_at = at;
  if (provider_ && provider_->keys != out.keys) keys_.clear();
  provider_ = std::move(out);
  return Done{};
}

Status OidcClient::fetch_keys(Instant at) {
  PLIMSOLL_TRY(json, fetch(provider_->keys, nullptr, false));
  PLIMSOLL_TRY(keys, parse_key_set(json));
  keys_ = std::move(keys);
  keys_at_ = at;
  return Done{};
}

Result<std::string> OidcClient::authorize(const std::map<std::string, std::string, std::less<>>& texts) {
  const auto text = [&](std::string_view name) {
    const auto found = texts.find(name);
    return found == texts.end() ? std::string() : encoded(found->second);
  };
  std::string scope = "openid";
  for (const std::string& each : settings_.scopes) {
    if (each != "openid") scope += " " + each;
  }
  std::string url = provider_->authorization;
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += "response_type=code&client_id=" + encoded(settings_.client_id) + "&redirect_uri=" + text("redirect");
  url += "&scope=" + encoded(scope) + "&state=" + text("state") + "&nonce=" + text("nonce");
  url += "&code_challenge=" + text("challenge") + "&code_challenge_method=S256";
  wire::JsonWriter out;
  out.begin_object().member("url", url).end_object();
  return std::move(out).take();
}

Result<std::string> OidcClient::exchange(const std::map<std::string, std::string, std::less<>>& texts) {
  const auto text = [&](std::string_view name) {
    const auto found = texts.find(name);
    return found == texts.end() ? std::string() : found->second;
  };
  const bool secret = !credentials_.secret.empty();
  std::string form = "grant_type=authorization_code&code=" + encoded(text("code")) +
                     "&redirect_uri=" + encoded(text("redirect")) + "&code_verifier=" + encoded(text("verifier"));
  if (!secret || provider_->secret_in_body) form += "&client_id=" + encoded(settings_.client_id);
  if (secret && provider_->secret_in_body) form += "&client_secret=" + encoded(credentials_.secret);
  PLIMSOLL_TRY(json, fetch(provider_->token, &form, secret && !provider_->secret_in_body));
  simdjson::dom::parser parser;
  std::string_view token;
  const simdjson::padded_string padded(json);
  if (parser.parse(padded)["id_token"].get(token) != simdjson::SUCCESS)
    return Error{ErrorKind::malformed, "the provider gives no ID token"};
  const Instant at = wall_clock();
  const TokenExpectation expected{settings_.issuer,          settings_.client_id,  text("nonce"),        at,
                                  std::chrono::seconds(120), settings_.name_claim, settings_.roles_claim};
  if (keys_.empty()) PLIMSOLL_CHECK(fetch_keys(at));
  Result<TokenClaims> claims = check_id_token(token, keys_, expected);
  // Providers change their keys; whoever sends us tokens cannot make us ask for them all the time.
  if (!claims.ok() && claims.error().kind == ErrorKind::not_found && at - keys_at_ > keys_again_after) {
    PLIMSOLL_CHECK(fetch_keys(at));
    claims = check_id_token(token, keys_, expected);
  }
  if (!claims.ok()) return std::move(claims).error();
  wire::JsonWriter out;
  out.begin_object().member("subject", claims->subject).member("name", claims->name).key("roles").begin_array();
  for (const std::string& role : claims->roles) out.value(role);
  out.end_array().end_object();
  return std::move(out).take();
}

}  // namespace plimsoll::server
