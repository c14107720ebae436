#pragma once
#include "model/facts.h"
#include "probe/container/view.h"

namespace plimsoll::probe {

// The mounts of all of a container's processes. A directory that the host shows at several places is listed once for
// each, so that no alias hides a sensitive one. host_path is left empty for the container's own root (unless that is
// the host's "/"), for file systems the runtime mounts afresh (/proc, /sys, /dev/pts...) and for its default device
// nodes.
Fact<std::vector<MountFacts>> mount_facts(const View& view);

// Whether the root file system is mounted read-only.
Fact<bool> read_only_root(const View& view);

// A cgroup v1 hierarchy mounted writable with its top visible: release_agent can be set.
Fact<bool> cgroup_v1_writable_at_top(const View& view);

}  // namespace plimsoll::probe
