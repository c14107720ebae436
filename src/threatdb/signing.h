#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plimsoll::threatdb {

// An Ed25519 key (RFC 8032) from a PEM file: PKCS #8 without a password, or SubjectPublicKeyInfo, as OpenSSL writes
// them.
class SigningKey {
 public:
  // not_found, denied; malformed: no such key, or of another kind.
  static Result<SigningKey> read_private(const std::string& path);
  static Result<SigningKey> read_public(const std::string& path);
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();

  Result<std::string> sign(std::string_view bytes) const;  // 64 bytes; needs a private key
  bool signed_by(std::string_view bytes, std::string_view signature) const;

 private:
  struct State;
  explicit SigningKey(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Makes a key pair: the private key at `path` (readable for its owner only), the public one at `path`.pub. conflict
// when one of them is there already.
Status make_key_pair(const std::string& path);

}  // namespace plimsoll::threatdb
