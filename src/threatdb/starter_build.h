#pragma once
#include <string>
#include <vector>

#include "base/result.h"

namespace plimsoll::threatdb {

// Builds the database image `path` of the records in `files` (data/starter/*.jsonl, one OSV record a line). The same
// records give the same bytes: the image's date is the newest `modified`. malformed: a line that is no record, that
// says nothing of `known_exploited`, or an id given twice.
Status build_starter_image(const std::vector<std::string>& files, const std::string& path);

}  // namespace plimsoll::threatdb
