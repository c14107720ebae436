#pragma once
#include <memory>

#include "model/names.h"
#include "threatdb/db_file.h"
#include "threatdb/purl.h"
#include "threatdb/threatdb.h"

namespace plimsoll::threatdb {

struct ThreatDb::State {
  std::unique_ptr<DbFile> file;
  ThreatDbInfo info;
};

}  // namespace plimsoll::threatdb
