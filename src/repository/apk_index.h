#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "repository/files.h"

namespace plimsoll::repository {

// One package of an APKINDEX (https://wiki.alpinelinux.org/wiki/Apk_spec).
struct ApkEntry {
  std::string name, version, arch, origin;
};

struct ApkIndex {
  std::vector<ApkEntry> entries;
  std::optional<Instant> date;  // when the index was made
  std::string signer;           // name of the key file that signed it; empty: not signed
  std::string signed_with;      // "RSA" (SHA-1), "RSA256"
  std::string signature;        // raw bytes
  size_t signed_from = 0;       // the signature is over the file's bytes from here on
};

// An APKINDEX.tar.gz: a gzip member with the signature, then one with the index.
Result<ApkIndex> parse_apk_index(std::string_view file);

// The paragraphs of the index itself.
std::vector<ApkEntry> parse_apk_entries(std::string_view text);

// Checks the signature with the key of that name below etc/apk/keys of `files`. denied says what is wrong.
Status verify_apk_index(const ApkIndex& index, std::string_view file, const Files& files);

// Repositories of etc/apk/repositories: URLs without comments; those with a tag ("@edge") serve only packages that ask
// for it and are left out.
std::vector<std::string> parse_apk_repositories(std::string_view text);

// The name apk keeps the index of a repository under ("APKINDEX.70f61090.tar.gz": the first bytes of the SHA-1 of its
// URL, apk-tools 2 database.c).
std::string apk_cache_name(std::string_view url);

}  // namespace plimsoll::repository
