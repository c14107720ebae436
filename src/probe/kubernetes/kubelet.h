#pragma once
#include "model/fact_tree.h"
#include "probe/kubernetes/components.h"

namespace plimsoll::probe::kubernetes {

// The kubelet of this node: settings in force, its files, its certificate (docs/facts.md, "Kubernetes"). Absent when
// none runs here and none is set up. Never fails as a whole.
FactTree read_kubelet(const Components& components, const system::Files& host);

}  // namespace plimsoll::probe::kubernetes
