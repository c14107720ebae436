#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "repository/files.h"

namespace plimsoll::repository {

// What dpkg knows of a system, as far as the choice of updates hangs on it.
struct DpkgSystem {
  struct Installed {
    std::string name, arch, version;  // arch "all" stays as it is
    bool held = false;
  };
  std::vector<Installed> packages;
  std::set<std::string, std::less<>> names;  // installed, or provided by something installed
  std::string native;                        // architecture
  std::vector<std::string> foreign;          // further ones

  // Packages for all architectures count as the native one's.
  std::string effective(std::string_view arch) const { return std::string(arch == "all" ? native : arch); }
};

// From var/lib/dpkg/status, status.d/* and arch.
DpkgSystem read_dpkg_system(const Files& files);

// By dpkg's order; false when one of them is no version.
bool is_newer_deb(std::string_view version, std::string_view than);

// The names of a relation field ("a (>= 1) | b, c:any") of which `names` holds no alternative: the first of each group.
std::vector<std::string> unmet(std::string_view relations, const std::set<std::string, std::less<>>& names);

}  // namespace plimsoll::repository
