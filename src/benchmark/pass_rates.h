#pragma once
#include <vector>

#include "benchmark/rule.h"
#include "model/check.h"
#include "model/report.h"

namespace plimsoll::benchmark {

// Worst first: fail, unknown, manual, pass, not applicable. One of a group decides for it: a control fails when one of
// its rules fails anywhere, and so on. Not applicable when there is none.
CheckOutcome worst_of(const std::vector<CheckOutcome>& outcomes);

// Every benchmark and edition over the rows of all assets. A control whose rules were all switched off, or concern
// nothing here, is not applicable.
std::vector<BenchmarkRate> pass_rates(const Report& report, const std::vector<ControlMap>& maps);

// The maps that are about something of the report: without those whose `applies` is false on every host of it, and
// those of which nothing was judged there.
std::vector<ControlMap> applicable_maps(const Report& report, const std::vector<ControlMap>& maps);

// Passes of passes, failures and unknowns, 0-1; 0 when there is none.
double pass_share(const OutcomeCounts& counts);

}  // namespace plimsoll::benchmark
