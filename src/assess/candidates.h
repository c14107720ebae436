#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "assess/world.h"

namespace plimsoll::assess {

// One thing that could be done, and what it changes in the world.
struct Candidate {
  FixAction action;                         // id, kind, title, remedy, removes; the falls come later
  double weight = 0;                        // rough promise: which candidates are worked out at all
  std::map<int, std::set<size_t>> removes;  // threats by asset
  std::set<std::string> components;         // "kernel", "runc"...: their fixable flaws are gone on `host`
  int host = -1;
  int container = -1;               // whose setting or exposure changes
  std::vector<std::string> clears;  // conditions of `container` that end
  std::string closes;               // route of `container` that ends, whatever its conditions
  bool hides = false;               // `container` no longer takes connections from the outside
};

// Everything worth trying, in no order: upgrades of one package or of all that have fixes (once for each image or
// host), the platform under the containers, one setting for each open route
// and each failed check, exposure.
std::vector<Candidate> propose(const World& world);

}  // namespace plimsoll::assess
