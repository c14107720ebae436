#pragma once
#include "journal/database.h"
#include "journal/journal.h"

namespace plimsoll::journal {

enum class Counting {
  since_last,  // counts are new: they are added to those of the bucket
  so_far,      // counts of what was seen until now, as each report repeats them: the largest stands
};

// Into the bucket of ten minutes that holds `at`; the epoch: that holds each flow's last_seen.
Status put_flows(Database& db, const std::vector<Flow>& flows, Counting counting, Instant at);
Result<FlowAnswer> read_flows(Database& db, const FlowQuery& query);
Status read_flow_rows(Database& db, const FlowQuery& query, const std::function<void(const FlowRow&)>& look);
// Adds buckets that began before `before` up to one an hour; returns how many are gone by it.
Result<uint64_t> roll_up_flows(Database& db, Instant before);

}  // namespace plimsoll::journal
