#pragma once
#include "model/incomplete.h"
#include "model/report.h"
#include "threatdb/feed_cache.h"

namespace plimsoll::threatdb {

// What the present database knows and one made from the cache would not: reasons against replacing it.
IncompleteList losses(const ThreatDbInfo& present, const FeedCache& cache);

}  // namespace plimsoll::threatdb
