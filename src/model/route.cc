#include "model/route.h"

#include <algorithm>

namespace plimsoll {

bool is_unknowable(const std::string& condition) {
  return condition.starts_with("attacker.") || condition.starts_with("feature.");
}

bool hangs_on_unknowable(const RouteFinding& route) {
  return std::any_of(route.evidence.begin(), route.evidence.end(),
                     [](const Condition& c) { return c.state == Tristate::unknown && is_unknowable(c.name); });
}

}  // namespace plimsoll
