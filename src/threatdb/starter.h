#pragma once
#include "base/result.h"
#include "threatdb/threatdb.h"

namespace plimsoll::threatdb {

// The starter pack (docs/starter-pack.md): the vulnerabilities of data/starter/, built into the program as a database
// image when it is compiled. Nothing is parsed or copied here. malformed: the program file is damaged.
Result<ThreatDb> open_starter_pack();

// The database at `named`, or where none is named at default_path(). Only where nobody named one and there is none, the
// starter pack. Every other failure to open is an error.
Result<ThreatDb> open_or_starter_pack(const std::string& named);

}  // namespace plimsoll::threatdb
