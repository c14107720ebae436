#include "server/secrets.h"

#include <argon2.h>
#include <openssl/crypto.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/sha256.h"
#include "base/text.h"

namespace plimsoll::server {
namespace {

// OWASP's smallest setting that resists graphics cards: https://cheatsheetseries.owasp.org (Password Storage).
constexpr uint32_t passes = 2, kibibytes = 19u << 10, lanes = 1;
constexpr size_t salt_bytes = 16, hash_bytes = 32;
constexpr size_t shortest = 12, longest = 1024;

std::mutex& one_at_a_time() {
  static std::mutex mutex;
  return mutex;
}

Status fill_random(unsigned char* out, size_t size) {
  // Up to 256 bytes are never cut short (getrandom(2)).
  if (::getrandom(out, size, 0) != static_cast<ssize_t>(size))
    return Error{ErrorKind::unreachable, "the kernel gives no random bytes"};
  return Done{};
}

std::string base64url(const unsigned char* bytes, size_t size) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  uint32_t bits = 0;
  int held = 0;
  for (size_t i = 0; i < size; ++i) {
    bits = (bits << 8) | bytes[i];
    for (held += 8; held >= 6; held -= 6) out += digits[(bits >> (held - 6)) & 63];
  }
  if (held > 0) out += digits[(bits << (6 - held)) & 63];
  return out;
}

}  // namespace

Result<std::string> new_secret() {
  std::array<unsigned char, 32> bytes{};
  PLIMSOLL_CHECK(fill_random(bytes.data(), bytes.size()));
  return base64url(bytes.data(), bytes.size());
}

std::string secret_hash(std::string_view secret) { return sha256_hex(secret); }

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Result<std::string> hash_passphrase(std::string_view passphrase) {
  std::array<unsigned char, salt_bytes> salt{};
  PLIMSOLL_CHECK(fill_random(salt.data(), salt.size()));
  std::vector<char> out(argon2_encodedlen(passes, kibibytes, lanes, salt_bytes, hash_bytes, Argon2_id));
  const std::lock_guard lock(one_at_a_time());
  const int code = argon2id_hash_encoded(passes, kibibytes, lanes, passphrase.data(), passphrase.size(), salt.data(),
                                         salt.size(), hash_bytes, out.data(), out.size());
  if (code != ARGON2_OK) return Error{ErrorKind::limit, std::string("cannot hash: ") + argon2_error_message(code)};
  return std::string(out.data());
}

bool passphrase_fits(std::string_view passphrase, const std::string& phc) {
  const std::lock_guard lock(one_at_a_time());
  return argon2id_verify(phc.c_str(), passphrase.data(), passphrase.size()) == ARGON2_OK;
}

Status acceptable_passphrase(std::string_view passphrase, std::string_view name) {
  if (passphrase.size() < shortest) return Error{ErrorKind::malformed, "the pass phrase is shorter than 12 characters"};
  if (passphrase.size() > longest) return Error{ErrorKind::malformed, "the pass phrase is longer than 1024 bytes"};
  if (printable(passphrase) != passphrase)
    return Error{ErrorKind::malformed, "the pass phrase holds characters that cannot be typed"};
  if (lower(passphrase) == lower(name)) return Error{ErrorKind::malformed, "the pass phrase is the name"};
  if (std::all_of(passphrase.begin(), passphrase.end(), [&](char c) { return c == passphrase.front(); }))
    return Error{ErrorKind::malformed, "the pass phrase is one character again and again"};
  return Done{};
}

int64_t Throttle::wait(const std::string& key, int64_t now) const {
  const std::lock_guard lock(mutex_);
  const auto row = rows_.find(key);
  return row == rows_.end() ? 0 : std::max<int64_t>(0, row->second.until - now);
}

void Throttle::failed(const std::string& key, int64_t now) {
  constexpr int64_t forgotten_after = 3600, longest_wait = 900;
  const std::lock_guard lock(mutex_);
  if (rows_.size() >= most_keys_ && !rows_.contains(key)) {
    std::erase_if(rows_, [&](const auto& row) { return now - row.second.last > forgotten_after; });
    // Still full: the one that failed longest ago makes room.
    if (rows_.size() >= most_keys_) {
      rows_.erase(std::min_element(rows_.begin(), rows_.end(),
                                   [](const auto& a, const auto& b) { return a.second.last < b.second.last; }));
    }
  }
  Row& row = rows_[key];
  if (now - row.last > forgotten_after) row = {};
  row.last = now;
  if (++row.failures <= free_tries_) return;
  const unsigned doubled = std::min(row.failures - free_tries_, 10u);
  row.until = now + std::min<int64_t>(int64_t{1} << doubled, longest_wait);
}

void Throttle::succeeded(const std::string& key) {
  const std::lock_guard lock(mutex_);
  rows_.erase(key);
}

}  // namespace plimsoll::server
