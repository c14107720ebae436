#include "server/oidc_token.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/text.h"
#include "notify/encode.h"

namespace plimsoll::server {
namespace {

using simdjson::dom::element;

constexpr size_t most_token = size_t{64} << 10, most_keys = 100, most_roles = 500, least_rsa_bytes = 256;

Error broken(const std::string& what) { return {ErrorKind::malformed, "the provider's ID token is broken: " + what}; }
Error refused(const std::string& what) { return {ErrorKind::denied, "the provider's ID token is refused: " + what}; }

std::string text_of(const element& from, std::string_view name) {
  std::string_view text;
  return from[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

template <class T, void (*release)(T*)>
struct Release {
  void operator()(T* it) const { release(it); }
};
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY, EVP_PKEY_free>>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// From the numbers of a JWK; null when they are none of such a key.
Key make_key(const JsonWebKey& key) {
  using Number = std::unique_ptr<BIGNUM, Release<BIGNUM, BN_free>>;
  const std::unique_ptr<OSSL_PARAM_BLD, Release<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>> build(OSSL_PARAM_BLD_new());
  const std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX, EVP_PKEY_CTX_free>> context(
      EVP_PKEY_CTX_new_from_name(nullptr, key.rsa ? "RSA" : "EC", nullptr));
  const Number n(BN_bin2bn(bytes_of(key.first), static_cast<int>(key.first.size()), nullptr));
  const Number e(BN_bin2bn(bytes_of(key.second), static_cast<int>(key.second.size()), nullptr));
  const std::string point = "\x04" + key.first + key.second;  // not compressed (SEC 1, 2.3.3)
  if (!build || !context || !n || !e || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  const bool pushed =
      key.rsa
          ? OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
                OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1
          : OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
                OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1;
  const std::unique_ptr<OSSL_PARAM, Release<OSSL_PARAM, OSSL_PARAM_free>> parameters(
      pushed ? OSSL_PARAM_BLD_to_param(build.get()) : nullptr);
  EVP_PKEY* made = nullptr;
  if (!parameters || EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  return Key(made);
}

// ES256 signs with two numbers of 32 bytes (RFC 7518 section 3.4); OpenSSL wants them in DER.
std::string der_of(std::string_view signature) {
  constexpr size_t half = 32;
  if (signature.size() != 2 * half) return {};
  const std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG, ECDSA_SIG_free>> numbers(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(bytes_of(signature), half, nullptr);
  BIGNUM* s = BN_bin2bn(bytes_of(signature.substr(half)), half, nullptr);
  if (!numbers || ECDSA_SIG_set0(numbers.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return {};
  }
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(numbers.get(), &der);
  std::string out(reinterpret_cast<const char*>(der), length > 0 ? static_cast<size_t>(length) : 0);
  OPENSSL_free(der);
  return out;
}

bool holds(const JsonWebKey& key, std::string_view signed_text, std::string_view signature) {
  const Key made = make_key(key);
  const std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX, EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  const std::string bytes = key.rsa ? std::string(signature) : der_of(signature);
  return made && context && !bytes.empty() &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, made.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(bytes), bytes.size(), bytes_of(signed_text), signed_text.size()) == 1;
}

// The key that the token's header names; with no name, the only one of its kind.
const JsonWebKey* key_for(const std::vector<JsonWebKey>& keys, bool rsa, const std::string& id) {
  const JsonWebKey* only = nullptr;
  for (const JsonWebKey& key : keys) {
    if (key.rsa != rsa || (!id.empty() && key.id != id)) continue;
    if (only != nullptr) return nullptr;
    only = &key;
  }
  return only;
}

bool is_for(const element& claims, const std::string& client) {
  std::string_view one;
  if (claims["aud"].get(one) == simdjson::SUCCESS) return one == client;
  simdjson::dom::array several;
  if (claims["aud"].get(several) != simdjson::SUCCESS || several.size() > most_keys) return false;
  const bool named = std::any_of(several.begin(), several.end(), [&](const element& each) {
    std::string_view text;
    return each.get(text) == simdjson::SUCCESS && text == client;
  });
  // One that is for others as well must have been made for us (OpenID Connect Core, 3.1.3.7, 4 and 5).
  return named && (several.size() == 1 || text_of(claims, "azp") == client);
}

std::optional<Instant> instant_of(const element& claims, std::string_view name) {
  constexpr double latest = 1e11;
  double number = 0;
  if (claims[name].get(number) != simdjson::SUCCESS || !(number >= 0 && number < latest)) return std::nullopt;
  return Instant(std::chrono::seconds(static_cast<int64_t>(number)));
}

Status check_claims(const element& claims, const TokenExpectation& expected) {
  const auto expires = instant_of(claims, "exp"), issued = instant_of(claims, "iat"),
             begins = instant_of(claims, "nbf");
  if (text_of(claims, "iss") != expected.issuer) return refused("another issuer made it");
  if (!is_for(claims, expected.client_id)) return refused("it is not for us");
  if (expected.nonce.empty() || text_of(claims, "nonce") != expected.nonce) return refused("it is not of this sign-on");
  if (!expires || *expires + expected.skew <= expected.now) return refused("it is too old (or our clock is wrong)");
  if (!issued || *issued - expected.skew > expected.now) return refused("it is of the future (or our clock is wrong)");
  if (begins && *begins - expected.skew > expected.now) return refused("it is not valid yet (or our clock is wrong)");
  if (text_of(claims, "sub").empty() || text_of(claims, "sub").size() > 255) return broken("it names nobody");
  return Done{};
}

TokenClaims claims_of(const element& claims, const TokenExpectation& expected) {
  TokenClaims out{text_of(claims, "sub"), text_of(claims, expected.name_claim), {}};
  std::string_view one;
  if (claims[expected.roles_claim].get(one) == simdjson::SUCCESS) out.roles.emplace_back(one);
  simdjson::dom::array several;
  if (claims[expected.roles_claim].get(several) == simdjson::SUCCESS) {
    for (const element each : several) {
      if (each.get(one) == simdjson::SUCCESS && out.roles.size() < most_roles) out.roles.emplace_back(one);
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> from_base64url(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    const bool fine =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!fine) return std::nullopt;
    plain += c == '-' ? '+' : c == '_' ? '/' : c;
  }
  if (plain.size() % 4 == 1) return std::nullopt;
  while (plain.size() % 4 != 0) plain += '=';
  return notify::from_base64(plain);
}

Result<std::vector<JsonWebKey>> parse_key_set(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::array set;
  const simdjson::padded_string padded(json);
  if (parser.parse(padded)["keys"].get(set) != simdjson::SUCCESS)
    return Error{ErrorKind::malformed, "the provider's keys are no JWK set"};
  constexpr size_t coordinate = 32, most_number = 1024;
  std::vector<JsonWebKey> out;
  for (const element each : set) {
    if (out.size() == most_keys) break;
    const std::string kind = text_of(each, "kty"), use = text_of(each, "use");
    const bool rsa = kind == "RSA";
    if ((!use.empty() && use != "sig") || (!rsa && (kind != "EC" || text_of(each, "crv") != "P-256"))) continue;
    const auto first = from_base64url(text_of(each, rsa ? "n" : "x")),
               second = from_base64url(text_of(each, rsa ? "e" : "y"));
    if (!first || !second || first->size() > most_number || second->size() > most_number) continue;
    if (rsa ? first->size() < least_rsa_bytes || second->empty()
            : first->size() != coordinate || second->size() != coordinate)
      continue;
    out.push_back({text_of(each, "kid"), rsa, *first, *second});
  }
  return out;
}

Result<TokenClaims> check_id_token(std::string_view token, const std::vector<JsonWebKey>& keys,
                                   const TokenExpectation& expected) {
  const auto parts = token.size() <= most_token ? split(token, '.') : std::vector<std::string_view>();
  if (parts.size() != 3) return broken("not three parts");
  const auto header = from_base64url(parts[0]), payload = from_base64url(parts[1]),
             signature = from_base64url(parts[2]);
  if (!header || !payload || !signature) return broken("not base64url");
  simdjson::dom::parser parser;
  element head;
  const simdjson::padded_string head_text(*header);
  if (parser.parse(head_text).get(head) != simdjson::SUCCESS) return broken("its header is no JSON");
  const std::string algorithm = text_of(head, "alg");
  // These two and no other: "none" signs nothing, and HS256 would take a public key for a shared secret.
  if (algorithm != "RS256" && algorithm != "ES256") return refused("it is signed by " + printable(algorithm, 20));
  if (head["crit"].error() == simdjson::SUCCESS) return refused("it wants something that we do not know");
  const JsonWebKey* const key = key_for(keys, algorithm == "RS256", text_of(head, "kid"));
  if (key == nullptr) return Error{ErrorKind::not_found, "the provider has no key for its ID token"};
  if (!holds(*key, token.substr(0, parts[0].size() + 1 + parts[1].size()), *signature))
    return refused("its signature does not hold");
  simdjson::dom::parser body_parser;
  element claims;
  const simdjson::padded_string body(*payload);
  if (body_parser.parse(body).get(claims) != simdjson::SUCCESS || !claims.is_object())
    return broken("it is no JSON object");
  PLIMSOLL_CHECK(check_claims(claims, expected));
  return claims_of(claims, expected);
}

}  // namespace plimsoll::server
