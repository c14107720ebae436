#pragma once
#include <vector>

#include "model/fact_tree.h"
#include "system/machine.h"

namespace plimsoll::probe {

// The container runtimes of this host as a list of trees (docs/facts.md, "Settings"): those of `engines` (what each
// engine says of itself: runtime::Answer::settings), completed from their processes, configuration files and the files
// they rely on; and those that answer nobody but whose processes run here (Docker without a socket of ours, containerd,
// CRI-O). Never fails as a whole.
FactTree runtime_settings(const system::Machine& machine, std::vector<FactTree> engines);

}  // namespace plimsoll::probe
