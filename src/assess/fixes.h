#pragma once
#include <vector>

#include "assess/world.h"

namespace plimsoll::assess {

struct Fixes {
  // Every action that lowers some score, with the fall of each, largest sum first, at most 50. The most promising 200
  // candidates are worked out.
  std::vector<FixAction> ranked;
  std::vector<FixesTogether> together;  // of the first one, of the first two, ... at most 10
  std::vector<int> all_done;            // the score of each asset once every candidate is done; in the world's order
};
Fixes rank_fixes(const World& world);

}  // namespace plimsoll::assess
