#pragma once
#include <chrono>

#include "model/fact_tree.h"
#include "system/machine.h"

namespace plimsoll::probe {

struct SettingsBounds {
  // How long after the start of all the walk over the host's files ends; what it has not reached is unknown.
  std::chrono::milliseconds walk{2000};
};

// All settings of this host that the benchmark rules read (docs/facts.md, "Host settings"): a map of one member a
// subject. Never fails as a whole. When Plimsoll itself sits in a container every member is unknown: what it would read
// is the container's.
FactTree probe_host_settings(const system::Machine& machine, const SettingsBounds& bounds = {});

}  // namespace plimsoll::probe
