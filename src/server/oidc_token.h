#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

// ID tokens of OpenID Connect Core 1.0: JSON Web Tokens (RFC 7519) signed with RS256 or ES256 (RFC 7518), and the keys
// they are signed with (JWK sets, RFC 7517). Pure but for OpenSSL; every byte is a stranger's until its signature
// holds.
namespace plimsoll::server {

struct JsonWebKey {
  std::string id;             // "kid"; may be empty
  bool rsa = true;            // else an elliptic curve's: P-256
  std::string first, second;  // n and e, or x and y: big-endian numbers
};

// The keys of a set that can sign for us; others are left out. malformed: no set.
Result<std::vector<JsonWebKey>> parse_key_set(std::string_view json);

// What a token must say.
struct TokenExpectation {
  std::string issuer, client_id, nonce;
  Instant now{};
  std::chrono::seconds skew{120};  // between the provider's clock and ours
  std::string name_claim, roles_claim;
};

// Whom it is about.
struct TokenClaims {
  std::string subject;  // the provider's own name for the person: never given to another one
  std::string name;     // the claim `name_claim`
  std::vector<std::string> roles;
};

// denied: the signature does not hold, it is not for us, not for this sign-on, too old or too new. not_found: it is
// signed with a key that is not among `keys`: there may be newer ones. malformed: no such token.
Result<TokenClaims> check_id_token(std::string_view token, const std::vector<JsonWebKey>& keys,
                                   const TokenExpectation& expected);

// RFC 4648 section 5, without padding; nothing when it is none.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace plimsoll::server
