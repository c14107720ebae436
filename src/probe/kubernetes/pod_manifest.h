#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/fact_tree.h"

namespace plimsoll::probe::kubernetes {

// What a pod's manifest asks for (core/v1 Pod): {path, name, namespace, component, host_network, host_pid, host_ipc,
// host_paths, host_ports, privileged, may_escalate, may_be_root, capabilities_added, level, breaks}. All of its
// containers count, init and ephemeral ones too. Pure.
//   component     the program of the control plane that one of its containers runs, by its command; else empty
//   level         of the Pod Security Standards, by the newest policy: privileged, baseline or restricted
//   breaks        which fields keep it from restricted, worst first
FactTree pod_facts(const FactTree& manifest);

// The command line of the container that runs `program`; empty when none does.
std::vector<std::string> command_of(const FactTree& manifest, std::string_view program);

// The version in the tag of that container's image, "1.30.2" of "registry.k8s.io/kube-apiserver:v1.30.2"; empty when
// there is none.
std::string image_version_of(const FactTree& manifest, std::string_view program);

}  // namespace plimsoll::probe::kubernetes
