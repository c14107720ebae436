#pragma once
#include "model/facts.h"
#include "probe/container/descriptors.h"
#include "probe/container/view.h"

namespace plimsoll::probe {

// Listening sockets of the container's network namespace; in the host's namespace only those its own processes hold.
Fact<std::vector<Listener>> listeners(const View& view, const Fact<bool>& host_network, const Descriptors& descriptors);

// A default route leads out of the container's network namespace.
Fact<bool> reaches_outside(const View& view);

// Ports of the host that lead to one of the container's own addresses, where no runtime tells them. Unknown where they
// may come another way: the network is of a user without rights on the host (rootless helpers), or not all rules were
// read.
Fact<std::vector<PublishedPort>> published_ports(const View& view, const Fact<bool>& host_user_namespace);

}  // namespace plimsoll::probe
