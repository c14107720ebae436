#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/package.h"
#include "threatdb/db_file.h"
#include "threatdb/evaluate.h"
#include "threatdb/names.h"

namespace plimsoll::threatdb {

// Packages an advisory speaks of.
uint32_t find_package(Reader& reader, std::string_view ecosystem, std::string_view name);
// IdRow of any id (case-insensitive), or none.
uint32_t find_id(Reader& reader, std::string_view id);
// Whether any advisory is about this ecosystem: the same release, or the family without a release.
bool has_advisories(Reader& reader, std::string_view ecosystem);

// One record's statement that a package is affected.
struct Hit {
  uint32_t record_row = none;
  RecordRow record;
  AffectedRow affected;
  bool listed = false;        // named in the list of versions
  bool source = false;        // found by the source package
  std::string name, version;  // what was compared
  std::string_view fixed, introduced, last_affected;
};

struct Hits {
  std::vector<Hit> affected;
  std::vector<std::string> not_comparable;  // ids of records whose ranges can not be compared with the version
};

// Every advisory in force that affects the package (withdrawn ones and notices are left out), and those that may.
Hits look_up(Reader& reader, const Package& package);

// The same for one ecosystem, name and version as written in advisories; appends.
void look_up(Reader& reader, std::string_view ecosystem, const LookUp& by, const Package& package, Hits& into);

}  // namespace plimsoll::threatdb
