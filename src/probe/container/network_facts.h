#pragma once
#include "model/facts.h"
#include "probe/container/descriptors.h"
#include "probe/container/view.h"

namespace plimsoll::probe {

// Listening sockets of the container's network namespace; in the host's namespace only those its own processes hold.
Fact<std::vector<Listener>> listeners(const View& view, const Fact<bool>& host_network, const Descriptors& descriptors);

// A default route leads out of the container's network namespace.
Fact<bool> reaches_outside(const View& view);

}  // namespace plimsoll::probe
