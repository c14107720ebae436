#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace plimsoll::repository {

struct IndexHash {
  std::string sha256;
  uint64_t size = 0;
  bool operator==(const IndexHash&) const = default;
};

// A Release file (https://wiki.debian.org/DebianRepository/Format).
struct ReleaseFile {
  std::string origin, label, suite, codename, version, changelogs;
  std::optional<Instant> date, valid_until;
  bool not_automatic = false, but_automatic_upgrades = false, by_hash = false;
  std::map<std::string, IndexHash, std::less<>> hashes;  // "main/binary-amd64/Packages" -> its SHA-256
};

// malformed when it names neither a suite nor a hash.
Result<ReleaseFile> parse_release(std::string_view text);

// The signed text of a cleartext signature (RFC 9580, section 7), dashes unescaped, lines ended by newlines. malformed
// when anything but this one message stands in the file: what is outside of it is signed by nobody.
Result<std::string> split_clearsigned(std::string_view message);

// "Sun, 22 Nov 2026 19:58:56 UTC" (RFC 5322, as Release files write it); nothing when it is none.
std::optional<Instant> parse_release_date(std::string_view text);

}  // namespace plimsoll::repository
