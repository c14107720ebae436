#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/incomplete.h"

namespace plimsoll {

// What a tree's package repositories offer for its installed packages (docs/patch-level.md). Facts only: which of it is
// pending, and whether a list may be trusted, is judged later.

// One suite of one repository, as its index was found.
struct OfferedList {
  std::string uri;     // as the sources name it
  std::string origin;  // of its Release file: "Debian"
  std::string label;   // "Debian-Security"
  std::string suite;   // "stable-security"
  std::string codename;
  std::string found_in;  // "the tree", "the host", "the network"
  std::optional<Instant> date, valid_until;
  bool security = false;   // the distribution's security suite, or advisories that say so
  bool verified = false;   // signature and content check out
  std::string unverified;  // why not; empty when verified
  bool operator==(const OfferedList&) const = default;
};

// One version that one list holds of an installed package. Only packages of which some list has a newer version than
// the installed one are kept, so that this stays small.
struct OfferedVersion {
  std::string package, arch;  // of the installed package
  std::string installed;      // its version
  std::string version;
  std::string source_name, source_version;
  uint32_t list = 0;                      // index into Offered::lists
  int32_t priority = 500;                 // apt_preferences(5)
  std::vector<std::string> new_packages;  // what it needs that is not installed
  std::vector<std::string> advisories;    // "RLSA-2023:1234"; with updateinfo only
  std::vector<std::string> cves;          // that the advisory, or the changelog up to this version, names
  std::string severity;                   // the advisory's own word
  bool operator==(const OfferedVersion&) const = default;
};

struct Offered {
  std::vector<OfferedList> lists;
  std::vector<OfferedVersion> versions;  // sorted by package, architecture, list
  std::vector<std::string> held;         // installed packages that the administrator holds back
  IncompleteList not_assessed;
  bool operator==(const Offered&) const = default;
};

}  // namespace plimsoll
