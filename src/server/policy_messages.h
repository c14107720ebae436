#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plimsoll::server {

// What the service asks of the process with the rights about files of policies, and what comes back. A line of words,
// then the text as it is:
//   read TOKEN NAME
//   put TOKEN NAME BEFORE
//   TEXT
//   remove TOKEN NAME BEFORE
// and back, where WORD is "ok" or the kind of what went wrong, which TEXT then says:
//   TOKEN WORD HASH
//   TEXT
// BEFORE and HASH are a SHA-256 in hex, or "-": there is no such file. NAME is what is_policy_name() takes.

inline constexpr size_t most_policy_text = size_t{256} << 10;
inline constexpr size_t most_policy_message = most_policy_text + 512;

// Small letters, digits and "-", then ".yaml"; at most 64 bytes. No path, and no file that readers leave out.
bool is_policy_name(std::string_view name);
// A SHA-256 in hex, in small letters.
bool is_policy_hash(std::string_view text);

struct PolicyRequest {
  enum class Kind { read, put, remove } kind = Kind::read;
  uint64_t token = 0;
  std::string name;
  std::string before;  // put, remove: the hash of the file as the editor knows it; empty (put): there is none
  std::string text;    // put
  bool operator==(const PolicyRequest&) const = default;
};
std::string to_payload(const PolicyRequest& request);
// malformed: it is none. `before` and `name` are as they must be.
Result<PolicyRequest> policy_request_of(std::string_view payload);

struct PolicyAnswer {
  uint64_t token = 0;
  std::optional<ErrorKind> fault;
  std::string sha256;  // of the file as it is now; empty: there is none
  std::string text;    // read: of the file; of a fault: what it is
  bool operator==(const PolicyAnswer&) const = default;
};
std::string to_payload(const PolicyAnswer& answer);
Result<PolicyAnswer> policy_answer_of(std::string_view payload);

}  // namespace plimsoll::server
