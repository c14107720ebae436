#pragma once
#include <memory>
#include <vector>

#include "journal/journal.h"
#include "journal/writer.h"

// How an assessed report comes into the tables.
namespace plimsoll::journal {

// One threat as its tables hold it.
struct PreparedThreat {
  const Threat* threat;
  std::string id, package, version;  // as every engine can hold them
  int64_t rank;                      // lists show the highest first
};

struct PreparedAsset {
  const AssetReport* report;
  SeverityCounts counts;
  std::string os, labels, details;
  std::string body, facts, inventory;  // compressed
  std::string inventory_hash;
  std::optional<std::string> gaps;      // compressed; nothing: what is stored stays
  std::vector<PreparedThreat> threats;  // each (id, package, version) once
};

// What writing a report needs and no table tells, made in the caller's thread. Points into the report.
struct PreparedReport {
  const Report* report;
  const Recording* how;
  std::vector<PreparedAsset> assets;
  std::string overview, flows;  // compressed; of a whole report
};

PreparedReport prepare(const Report& report, const Recording& how);
Status write_report(Transaction& transaction, const PreparedReport& prepared);
Status write_gone(Transaction& transaction, const std::vector<AssetId>& assets, Instant at, const std::string& actor);

// What lists sort by: known exploited ones first, then by severity; without a score its level stands for it.
int64_t rank_of(const Threat& threat);

}  // namespace plimsoll::journal
