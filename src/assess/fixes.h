#pragma once
#include <vector>

#include "assess/world.h"

namespace plimsoll::assess {

// What to fix first: every action that lowers some score, with the fall of each, largest sum first, at most 50. The
// most promising 200 candidates are worked out.
std::vector<FixAction> rank_fixes(const World& world);

}  // namespace plimsoll::assess
