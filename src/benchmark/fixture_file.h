#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/check.h"
#include "model/fact_tree.h"

namespace plimsoll::benchmark {

// One case of a rule's fixtures: facts, and the outcome that must come of them.
struct Fixture {
  CheckOutcome expect = CheckOutcome::unknown;
  SeverityLevel severity = SeverityLevel::unknown;             // of a failure; unknown: any
  FactTree facts;                                              // the rule's own subject
  FactTree host, runtime, runtimes, container, image, judged;  // trees of other subjects; absent: not given
  int line = 1;
};

// The cases of one file (docs/benchmark-rules.md, "Fixtures"); all faults in one error, a line each.
Result<std::vector<Fixture>> parse_fixtures(std::string_view text, const std::string& file_name);

}  // namespace plimsoll::benchmark
