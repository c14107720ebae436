#pragma once
#include <functional>
#include <string>

#include "benchmark/condition.h"

namespace plimsoll::benchmark {

// Whether one value passes one test; with unknown, why. `negated` is already applied.
struct Tested {
  Tristate state = Tristate::unknown;
  std::string why;
};

// `other` is what FactTest::other led to; null without one.
Tested test_value(const FactTest& test, const Found& found, const Found* other);

}  // namespace plimsoll::benchmark
