#pragma once
#include <span>
#include <string_view>

#include "base/result.h"
#include "inventory/found.h"
#include "rootfs/tree.h"

namespace plimsoll::inventory {

// How the findings of a cataloger are finished.
enum class Role {
  os_release,   // names the operating system; `rank` of the finding decides between several
  os_database,  // a package database: the layer of origin is looked for in its hidden versions too
  owned_files,  // says only which files belong to an OS package
  installed,    // an installed language package: the file is its proof
  lock_file,    // what may be installed: dropped where an installed tree stands beside it
};

// One kind of file. A new one is a file of its own, its test and a line in catalogers.cc.
struct Cataloger {
  std::string_view name;  // "dpkg status", for messages
  Role role;
  std::string_view last_letters;                                      // of the paths it may want; empty: any
  bool (*wants)(const rootfs::Entry& entry);                          // cheap; regular files only
  Result<Found> (*parse)(std::string_view path, rootfs::File& file);  // may run on several threads at once
};

std::span<const Cataloger> catalogers();

// The first cataloger that wants `entry`, or none.
const Cataloger* cataloger_for(const rootfs::Entry& entry);

}  // namespace plimsoll::inventory
