#include "server/oidc_token.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "notify/encode.h"

namespace plimsoll::server {
namespace {

using nlohmann::json;
using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

std::string base64url(std::string_view bytes) {
  std::string out = notify::base64(bytes);
  while (!out.empty() && out.back() == '=') out.pop_back();
  for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return out;
}

std::string number(const EVP_PKEY* key, const char* name, size_t size = 0) {
  BIGNUM* value = nullptr;
  EVP_PKEY_get_bn_param(key, name, &value);
  std::string out(std::max<size_t>(size, static_cast<size_t>(BN_num_bytes(value))), '\0');
  BN_bn2binpad(value, reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size()));
  BN_free(value);
  return out;
}

json jwk_of(const EVP_PKEY* key, const std::string& id) {
  if (EVP_PKEY_is_a(key, "RSA"))
    return {{"kty", "RSA"},
            {"kid", id},
            {"use", "sig"},
            {"n", base64url(number(key, OSSL_PKEY_PARAM_RSA_N))},
            {"e", base64url(number(key, OSSL_PKEY_PARAM_RSA_E))}};
  return {{"kty", "EC"},
          {"crv", "P-256"},
          {"kid", id},
          {"x", base64url(number(key, OSSL_PKEY_PARAM_EC_PUB_X, 32))},
          {"y", base64url(number(key, OSSL_PKEY_PARAM_EC_PUB_Y, 32))}};
}

std::string sign(EVP_PKEY* key, const json& header, const json& claims) {
  const std::string text = base64url(header.dump()) + "." + base64url(claims.dump());
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key);
  std::string out(600, '\0');
  size_t length = out.size();
  EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &length,
                 reinterpret_cast<const unsigned char*>(text.data()), text.size());
  EVP_MD_CTX_free(context);
  out.resize(length);
  if (!EVP_PKEY_is_a(key, "RSA")) {
    const auto* at = reinterpret_cast<const unsigned char*>(out.data());
    ECDSA_SIG* numbers = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(out.size()));
    std::string both(64, '\0');
    auto* into = reinterpret_cast<unsigned char*>(both.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(numbers), into, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(numbers), into + 32, 32);
    ECDSA_SIG_free(numbers);
    out = both;
  }
  return text + "." + base64url(out);
}

class IdToken : public ::testing::Test {
 protected:
  Key rsa{EVP_RSA_gen(2048), &EVP_PKEY_free}, ec{EVP_EC_gen("P-256"), &EVP_PKEY_free},
      other{EVP_RSA_gen(2048), &EVP_PKEY_free};
  std::vector<JsonWebKey> keys = *parse_key_set(json{{"keys", {jwk_of(rsa.get(), "r"), jwk_of(ec.get(), "e")}}}.dump());
  TokenExpectation expected{
      "https://id.example", "client", "nonce", *parse_rfc3339("2026-11-28T22:00:00Z"), std::chrono::seconds(120),
      "preferred_username", "groups"};
  int64_t now = expected.now.time_since_epoch().count();
  json claims{{"iss", "https://id.example"},
              {"aud", "client"},
              {"nonce", "nonce"},
              {"sub", "s-1"},
              {"exp", now + 300},
              {"iat", now},
              {"preferred_username", "anna"},
              {"groups", {"ops", "dev"}}};
  json header{{"alg", "RS256"}, {"kid", "r"}};

  Result<TokenClaims> check(const std::string& token) { return check_id_token(token, keys, expected); }
  ErrorKind kind_with(const std::string& name, const json& value) {
    json changed = claims;
    if (value.is_null())
      changed.erase(name);
    else
      changed[name] = value;
    const auto out = check(sign(rsa.get(), header, changed));
    return out.ok() ? ErrorKind::bug : out.error().kind;
  }
};

TEST_F(IdToken, BothAlgorithms) {
  for (const auto& [key, head] :
       {std::pair(rsa.get(), header), std::pair(ec.get(), json{{"alg", "ES256"}, {"kid", "e"}})}) {
    const auto out = check(sign(key, head, claims));
    ASSERT_TRUE(out.ok()) << out.error().message;
    EXPECT_EQ(out->subject, "s-1");
    EXPECT_EQ(out->name, "anna");
    EXPECT_EQ(out->roles, (std::vector<std::string>{"ops", "dev"}));
  }
  EXPECT_TRUE(check(sign(rsa.get(), {{"alg", "RS256"}}, claims)).ok()) << "the only key of its kind needs no name";
}

TEST_F(IdToken, WhatIsNotForThisSignOn) {
  EXPECT_EQ(kind_with("iss", "https://evil.example"), ErrorKind::denied);
  EXPECT_EQ(kind_with("iss", "https://id.example/"), ErrorKind::denied);
  EXPECT_EQ(kind_with("aud", "another"), ErrorKind::denied);
  EXPECT_EQ(kind_with("aud", json{"client", "another"}), ErrorKind::denied);
  EXPECT_EQ(kind_with("aud", nullptr), ErrorKind::denied);
  EXPECT_EQ(kind_with("nonce", "other"), ErrorKind::denied);
  EXPECT_EQ(kind_with("nonce", nullptr), ErrorKind::denied);
  EXPECT_EQ(kind_with("exp", now - 121), ErrorKind::denied);
  EXPECT_EQ(kind_with("exp", nullptr), ErrorKind::denied);
  EXPECT_EQ(kind_with("iat", now + 121), ErrorKind::denied);
  EXPECT_EQ(kind_with("nbf", now + 121), ErrorKind::denied);
  EXPECT_EQ(kind_with("sub", nullptr), ErrorKind::malformed);
  // Within the skew of two clocks.
  EXPECT_EQ(kind_with("exp", now - 100), ErrorKind::bug);
  EXPECT_EQ(kind_with("iat", now + 100), ErrorKind::bug);
  EXPECT_EQ(kind_with("aud", json{"client"}), ErrorKind::bug);
}

TEST_F(IdToken, WhatIsNotSignedByTheProvider) {
  const std::string good = sign(rsa.get(), header, claims);
  EXPECT_EQ(check(sign(other.get(), header, claims)).error().kind, ErrorKind::denied);
  EXPECT_EQ(check(sign(rsa.get(), {{"alg", "RS256"}, {"kid", "x"}}, claims)).error().kind, ErrorKind::not_found);
  for (const char* algorithm : {"none", "HS256", "RS512", "PS256", ""})
    EXPECT_EQ(check(sign(rsa.get(), {{"alg", algorithm}, {"kid", "r"}}, claims)).error().kind, ErrorKind::denied)
        << algorithm;
  EXPECT_EQ(check(sign(rsa.get(), {{"alg", "ES256"}, {"kid", "r"}}, claims)).error().kind, ErrorKind::not_found);
  EXPECT_EQ(check(sign(rsa.get(), {{"alg", "RS256"}, {"kid", "r"}, {"crit", {"b64"}}}, claims)).error().kind,
            ErrorKind::denied);
  const size_t dot = good.rfind('.');
  EXPECT_FALSE(check(good.substr(0, dot + 1)).ok());
  EXPECT_FALSE(check(good.substr(0, dot)).ok());
  std::string changed = good;
  changed[dot + 20] = changed[dot + 20] == 'A' ? 'B' : 'A';
  EXPECT_EQ(check(changed).error().kind, ErrorKind::denied);
  json admin = claims;
  admin["groups"] = {"admin"};
  const std::string forged = good.substr(0, good.find('.')) + "." + base64url(admin.dump()) + good.substr(dot);
  EXPECT_EQ(check(forged).error().kind, ErrorKind::denied);
}

TEST(KeySet, KeysThatAreTooSmallOrOfAnotherKindAreLeftOut) {
  EXPECT_FALSE(parse_key_set("").ok());
  EXPECT_FALSE(parse_key_set("{}").ok());
  EXPECT_TRUE(parse_key_set(R"({"keys": []})")->empty());
  EXPECT_TRUE(parse_key_set(R"({"keys": [1, {}, {"kty": "RSA", "n": "AQAB", "e": "AQAB"}, {"kty": "oct", "k": "AQAB"},
                             {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]})")
                  ->empty());
}

}  // namespace
}  // namespace plimsoll::server
