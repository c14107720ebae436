#pragma once
#include <map>
#include <string>

#include "model/facts.h"
#include "probe/container/view.h"

namespace plimsoll::probe {

// For each kernel control of CONTAINER_FACTS c.write: may a process of the container write it? Judged from the mounts,
// the users and the security label; nothing is ever written to find out. Keys are the controls' usual paths
// ("/proc/sys/kernel/ core_pattern"), wherever the container has them mounted. "/sys/fs/cgroup" is any cgroup
// hierarchy.
std::map<std::string, Fact<bool>> kernel_path_writable(const View& view);

// Whether /proc/kcore, the kernel's memory as a file, can be named inside: no mount lies over it. To open it takes
// CAP_SYS_RAWIO besides.
Fact<bool> kernel_memory_visible(const View& view);

}  // namespace plimsoll::probe
