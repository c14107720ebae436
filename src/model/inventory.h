#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/incomplete.h"
#include "model/package.h"

namespace plimsoll {

// os-release(5), or what stands in its place.
struct OsRelease {
  std::string id;          // "debian"
  std::string version_id;  // "12", "3.18.4"; empty on rolling or testing releases
  std::string codename;    // "bookworm"
  std::string pretty_name;
  std::vector<std::string> id_like;
  bool operator==(const OsRelease&) const = default;
};

// The OSV ecosystem of a release: "Debian:12", "Ubuntu:22.04:LTS", "Alpine:v3.18", "AlmaLinux:9"; empty when OSV knows
// none.
std::string osv_ecosystem(const OsRelease& os);

// Everything found in one file tree. Pure content: the same tree gives the same value.
struct Inventory {
  std::optional<OsRelease> os;
  std::vector<Package> packages;  // sorted by (type, name, version, arch, first location)
  IncompleteList not_assessed;
  uint64_t entries = 0;  // directory entries seen
  bool operator==(const Inventory&) const = default;
};

}  // namespace plimsoll
