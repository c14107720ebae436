#pragma once
#include <string>

#include "base/result.h"
#include "cli/scan_options.h"
#include "model/report.h"

namespace plimsoll::cli {

// What `policy test` and `policy explain` look at.
struct PolicyFacts {
  Report report;
  bool judged = false;  // it is a report, which holds judgements instead of facts
};

// `against`: LAST, the latest facts of the journal; a directory with a recording, or its file; a JSON report.
Result<PolicyFacts> facts_of(const std::string& against, const std::string& journal);

// The asset of that name or id, or the host where it is "host"; null with what there is told: not_found.
Result<const AssetReport*> find_asset(const Report& report, const std::string& name);

}  // namespace plimsoll::cli
