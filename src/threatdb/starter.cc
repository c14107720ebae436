#include "threatdb/starter.h"

// Written by the build around the image that starter_build makes (src/threatdb/CMakeLists.txt).
extern "C" const char plimsoll_starter_begin[];
extern "C" const char plimsoll_starter_end[];

namespace plimsoll::threatdb {

Result<ThreatDb> open_starter_pack() { return ThreatDb::starter_pack({plimsoll_starter_begin, plimsoll_starter_end}); }

Result<ThreatDb> open_or_starter_pack(const std::string& named) {
  Result<ThreatDb> db = ThreatDb::open(named.empty() ? default_path() : named);
  if (db.ok() || !named.empty() || db.error().kind != ErrorKind::not_found) return db;
  return open_starter_pack();
}

}  // namespace plimsoll::threatdb
