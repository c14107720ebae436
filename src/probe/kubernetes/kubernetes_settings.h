#pragma once
#include "model/fact_tree.h"
#include "system/machine.h"

namespace plimsoll::probe {

// What this node tells of Kubernetes (docs/facts.md, "Kubernetes"): kubelet, kube-proxy, control plane, static pods,
// files. Absent when nothing of it is here. Never fails as a whole.
FactTree kubernetes_settings(const system::Machine& machine);

}  // namespace plimsoll::probe
