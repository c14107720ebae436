#pragma once
#include <optional>
#include <string>

#include "notify/delivery.h"
#include "notify/settings.h"
#include "server/oidc_token.h"

namespace plimsoll::server {

// The part of a sign-on that speaks with the provider (OpenID Connect Core 1.0, authorization code flow with PKCE, RFC
// 7636; Discovery 1.0): of the courier, which knows the client's secret. One thread at a time.
class OidcClient {
 public:
  OidcClient(notify::SignOn settings, notify::Credentials credentials)
      : settings_(std::move(settings)), credentials_(std::move(credentials)) {}

  // One question of the service as flat JSON, and its answer. {"do": "authorize", "state", "nonce", "challenge",
  // "redirect"} -> {"url"}: where the browser goes. {"do": "exchange", "code", "verifier", "redirect", "nonce"} ->
  // {"subject", "name", "roles"}: who came back.
  Result<std::string> answer(std::string_view json);

 private:
  struct Provider {
    std::string authorization, token, keys;  // addresses
    bool secret_in_body = false;             // client_secret_post alone
    Instant known_at{};
  };
  Result<std::string> authorize(const std::map<std::string, std::string, std::less<>>& texts);
  Result<std::string> exchange(const std::map<std::string, std::string, std::less<>>& texts);
  Status discover(Instant now);
  Status fetch_keys(Instant now);
  Result<std::string> fetch(const std::string& url, const std::string* form, bool with_secret);

  notify::SignOn settings_;
  notify::Credentials credentials_;
  std::optional<Provider> provider_;
  std::vector<JsonWebKey> keys_;
  Instant keys_at_{};
};

}  // namespace plimsoll::server
