#pragma once
#include <functional>
#include <string>
#include <vector>

#include "model/facts.h"
#include "model/route.h"

namespace plimsoll::assess {

// A judgement with what it rests on.
struct Judged {
  Tristate state = Tristate::unknown;
  std::string evidence;
};

// One named condition: docs/routes.md lists exactly these (a test compares).
struct ConditionRow {
  std::string name;
  std::string description;
  std::function<Judged(const ContainerFacts&, const HostFacts&)> judge;
};

// Every condition a route may name, in a fixed order. Those whose name begins with "attacker." or "feature." are always
// unknown: no fact of the machine tells them.
const std::vector<ConditionRow>& condition_table();

// The kernel's names of the capabilities by number, without CAP_.
const std::vector<std::string>& capability_names();

}  // namespace plimsoll::assess
