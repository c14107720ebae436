#pragma once
#include "model/fact_tree.h"
#include "model/facts.h"
#include "system/machine.h"

namespace plimsoll::probe {

// The facts of a container as the tree that benchmark rules read (docs/facts.md, "Settings"): what the kernel tells of
// it, and under `configured` what its runtime was asked for (runtime::Listed::configured; absent when no runtime told).
FactTree container_settings(const system::Machine& machine, const ContainerFacts& facts, FactTree configured);

// Names of capabilities ("SYS_ADMIN"), lowest bit first; a bit without a name is "CAP_<number>".
std::vector<std::string> capability_names(uint64_t bits);

}  // namespace plimsoll::probe
