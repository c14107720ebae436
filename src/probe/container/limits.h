#pragma once
#include <string>

#include "model/facts.h"
#include "probe/container/view.h"

namespace plimsoll::probe {

struct Limits {
  Fact<uint64_t> memory, pids;  // UINT64_MAX = none
  Fact<double> cpu;             // 0 = none
};

// The limits that hold for the container: the least over its control group and all groups above, on cgroup v1, v2 and
// the hybrid of both. A cpuset counts as a limit of CPUs.
Limits limits(const View& view);

// Directory of the first process's group in the v1 hierarchy of `controller`, or in the unified one when `controller`
// is empty. Empty text when this machine does not have that hierarchy; unknown when it cannot be told.
Fact<std::string> cgroup_directory(const View& view, const std::string& controller);

}  // namespace plimsoll::probe
