#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::probe::settings {

// A line of /etc/shadow (shadow(5)) without the hash itself: what it is, never what it holds.
struct ShadowEntry {
  std::string name;
  std::string state;   // "empty", "locked" (begins with ! or *), "hash"
  std::string scheme;  // of the hash, locked ones too: "yescrypt", "sha512", "md5", "des"...; empty: none
  std::optional<uint64_t> rounds;
  std::optional<int64_t> changed_day, max_days, warn_days, inactive_days;
};
std::vector<ShadowEntry> parse_shadow(std::string_view text);

// crypt(5): the scheme of a hash by its prefix; "unknown" for one that is none of them.
std::string hash_scheme(std::string_view hash);
std::optional<uint64_t> hash_rounds(std::string_view hash);  // of "$6$rounds=N$..."; 5000 when a sha hash names none

// A line of /etc/subuid or /etc/subgid.
struct IdRange {
  std::string owner;
  uint64_t first = 0, count = 0;
};
std::vector<IdRange> parse_subids(std::string_view text);
// Ranges of different owners that share an id, as "alice and bob share 100000".
std::vector<std::string> overlapping_ranges(std::vector<IdRange> ranges);

// login.defs: first word the key, the rest the value; the last one counts.
std::map<std::string, std::string> parse_login_defs(std::string_view text);

}  // namespace plimsoll::probe::settings
