#pragma once
#include "model/facts.h"
#include "system/gaps.h"
#include "system/machine.h"

namespace plimsoll::probe {

// sysctls, lockdown, module_signatures_enforced, kernel_modules_supported, active_lsms, cgroup_version.
void read_kernel_settings(const system::Machine& machine, HostFacts& facts, system::Gaps& gaps);

}  // namespace plimsoll::probe
