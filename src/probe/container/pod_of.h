#pragma once
#include <string_view>

#include "model/fact_tree.h"
#include "model/facts.h"
#include "system/machine.h"

namespace plimsoll::probe {

// Where the kubelet keeps a directory for each pod, by its uid.
inline constexpr std::string_view kubelet_pods = "/var/lib/kubelet/pods/";

// The Kubernetes pod a container belongs to: {namespace, name, uid, container, sandbox}; absent when it belongs to
// none. By the labels a runtime tells; else by what the kubelet mounts into it from its directory of the pod, and by
// the name of the pod's directory of logs (/var/log/pods/NAMESPACE_NAME_UID). `sandbox`: it only holds the pod's
// namespaces.
FactTree pod_of(const system::Machine& machine, const ContainerFacts& facts);

}  // namespace plimsoll::probe
