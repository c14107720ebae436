#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace plimsoll::repository {

// A package that an advisory brings.
struct UpdatePackage {
  std::string name, version, arch, source;  // version "epoch:version-release", without an epoch of 0
  std::string module;                       // "name:stream" of a modular collection
};

// One <update> of type security of an updateinfo.xml (as createrepo_c and libsolv know it).
struct UpdateNotice {
  std::string id, severity;
  std::vector<std::string> cves;
  std::vector<UpdatePackage> packages;
};

// malformed for what is not XML, or has a document type: entities of a stranger are not expanded.
Result<std::vector<UpdateNotice>> parse_updateinfo(std::string_view xml);

// Of a repomd.xml: the SHA-256 of the index of a type ("updateinfo"), and when the repository was made.
struct RepoIndex {
  std::string type, href, sha256;
};
struct RepoMd {
  std::vector<RepoIndex> indexes;
  std::optional<Instant> date;
};
Result<RepoMd> parse_repomd(std::string_view xml);

}  // namespace plimsoll::repository
