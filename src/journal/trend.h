#pragma once
#include <vector>

#include "journal/database.h"
#include "journal/records.h"

namespace plimsoll::journal {

// Takes the assets as they are now into the hour of `at`.
Status put_trend(Database& db, Instant at);
Result<std::vector<TrendPoint>> read_trend(Database& db, Instant since, Instant until);

}  // namespace plimsoll::journal
