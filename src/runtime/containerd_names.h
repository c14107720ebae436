#pragma once
#include <string>
#include <string_view>

#include "runtime/containerd_replies.h"

namespace plimsoll::runtime {

// A container's place in containerd: an id is one namespace's own.
struct ContainerdName {
  std::string space, id;
  bool operator==(const ContainerdName&) const = default;
};

// What names it on this machine, as the id of its asset does after "containerd:". The id alone where cgroup_names.h
// reads just that from a cgroup (64 digits, which are nobody else's; a name in "default" or "k8s.io"); else
// "NAMESPACE/ID".
std::string containerd_id(const ContainerdName& name);

// What a person calls it: "NAMESPACE/POD/CONTAINER" in Kubernetes ("NAMESPACE/POD" what holds a pod), the name nerdctl
// gave it, else its id as other runtimes are shown.
std::string containerd_called(const ContainerdContainer& container);

// Whether it only holds a pod's namespaces.
bool is_pod_sandbox(const ContainerdContainer& container);

// The cgroup among a process' own (/proc/PID/cgroup) that is this container's; empty when none is. `set`: the
// specification's linux.cgroupsPath.
std::string containerd_cgroup(std::string_view cgroups, const ContainerdName& name, const std::string& set);

}  // namespace plimsoll::runtime
