#pragma once
#include <random>
#include <string>

#include "model/report.h"

namespace plimsoll::report {

// A hand-made world: a host, a front that is published, a redis that inherits by a path, one asset hardly assessed.
Report small_world();

// The same after its settings were checked: every outcome, on host, runtime and containers.
Report checked_world();

// Text nobody should print as it is: markup, terminal codes, line breaks, wide and broken characters.
std::string hostile_text(std::mt19937& random);

// A report with every field filled from `random`, hostile text everywhere.
Report random_report(std::mt19937& random);

// `text` is that of tests/golden/report/NAME; with PLIMSOLL_UPDATE_GOLDEN in the environment it becomes so.
void expect_golden(const std::string& name, const std::string& text);

}  // namespace plimsoll::report
