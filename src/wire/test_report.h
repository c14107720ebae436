#pragma once
#include "model/report.h"

namespace plimsoll::wire {

// For tests: a report that uses every member there is, hostile bytes included.
Report rich_report();

}  // namespace plimsoll::wire
