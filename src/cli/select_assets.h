#pragma once
#include <vector>

#include "analyzer/analyzer.h"
#include "model/report.h"

namespace plimsoll::cli {

// Keeps the assets that were asked for, where single ones were, and what belongs to them. not_found: there is no such
// container.
Status select_assets(Report& report, const std::vector<analyzer::Target>& targets);

}  // namespace plimsoll::cli
