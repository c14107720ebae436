#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/package.h"

namespace plimsoll::threatdb {

// "Debian" of "Debian:12". An ecosystem of a distribution is matched by source package and asks its own advisories.
std::string_view family_of(std::string_view ecosystem);
bool is_distribution(std::string_view ecosystem);

// The spelling under which a package is filed: PyPI by PEP 503 (lower case, runs of "-_." are one "-"), NuGet and
// Packagist without case, all others as written. `buffer` is used when the spelling differs.
std::string_view normal_name(std::string_view ecosystem, std::string_view name, std::string& buffer);

// A version as advisories write it: Go's "v1.2.3" and "go1.21rc2" become "1.2.3" and "1.21.0-rc.2".
std::string normal_version(std::string_view ecosystem, std::string_view version);

// One way to look a package up: the name of its advisories and the version that they speak of.
struct LookUp {
  std::string name, version;
  bool source = false;  // the source package's
};
// Debian, Ubuntu and Alpine ask by source; AlmaLinux and Red Hat write binary names; other RPM ecosystems mix both.
std::vector<LookUp> look_ups_of(const Package& package);

// Whether an RPM version is a build of a module ("1:20.9.0-1.module_el9...", "...module+el8...").
bool is_module_build(std::string_view version);

// For a package of the module `label` ("nodejs:18:...") whether an advisory titled `summary` speaks of another stream
// of that module ("Important: nodejs:20 security update"): the ranges alone can not tell streams apart.
bool names_other_stream(std::string_view summary, std::string_view label);

// A bug-fix or enhancement notice by its id (ALBA-, RHEA-, ...): not a vulnerability unless it names a CVE.
bool is_notice_id(std::string_view id);

inline bool is_cve(std::string_view id) { return id.starts_with("CVE-"); }

}  // namespace plimsoll::threatdb
