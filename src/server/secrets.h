#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plimsoll::server {

// 256 random bits as 43 characters of base64url (RFC 4648 section 5). unreachable: the kernel gives none.
Result<std::string> new_secret();

// What is kept of a secret of new_secret(): SHA-256 in hex. Fit for those alone, never for a pass phrase.
std::string secret_hash(std::string_view secret);

// Whether two texts are the same, in a time that depends on their lengths alone.
bool same_secret(std::string_view a, std::string_view b);

// Argon2id (RFC 9106) with 19 MiB, 2 passes, 1 lane, a salt of 16 random bytes; PHC string. One at a time, so that many
// logins at once do not take memory for each.
Result<std::string> hash_passphrase(std::string_view passphrase);
bool passphrase_fits(std::string_view passphrase, const std::string& phc);

// 12 to 1024 bytes of UTF-8 without control characters, and not the name itself; what is wrong else.
Status acceptable_passphrase(std::string_view passphrase, std::string_view name);

// Slows down guessing: after `free_tries` failures of one key (a name, an address) each more makes it wait twice as
// long, up to 15 minutes. Bounded in memory; thread-safe. Time is given by the caller, in steady seconds.
class Throttle {
 public:
  explicit Throttle(unsigned free_tries = 5, size_t most_keys = 10'000)
      : free_tries_(free_tries), most_keys_(most_keys) {}

  // Seconds to wait; 0: go on.
  int64_t wait(const std::string& key, int64_t now) const;
  void failed(const std::string& key, int64_t now);
  void succeeded(const std::string& key);

 private:
  struct Row {
    unsigned failures = 0;
    int64_t until = 0, last = 0;
  };
  unsigned free_tries_;
  size_t most_keys_;
  mutable std::mutex mutex_;
  std::map<std::string, Row> rows_;  // guarded by mutex_
};

}  // namespace plimsoll::server
