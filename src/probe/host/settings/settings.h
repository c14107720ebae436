#pragma once
#include <chrono>

#include "model/fact_tree.h"
#include "system/machine.h"

namespace plimsoll::probe {

struct SettingsBounds {
  std::chrono::milliseconds walk{2000};  // for the walk over the host's files; what it does not reach is unknown
};

// All settings of this host that the benchmark rules read (docs/facts.md, "Host settings"): a map of one member a
// subject. Never fails as a whole. When Plimsoll itself sits in a container every member is unknown: what it would read
// is the container's.
FactTree probe_host_settings(const system::Machine& machine, const SettingsBounds& bounds = {});

}  // namespace plimsoll::probe
