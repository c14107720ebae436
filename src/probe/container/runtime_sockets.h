#pragma once
#include "model/facts.h"
#include "probe/container/view.h"

namespace plimsoll::probe {

// Sockets on which a container engine of the host listens and which the container can see, told by device and inode,
// whatever their path or name inside. A read-only mount does not prevent connecting. systemd's and the system bus's
// sockets are no engine's: their mounts tell.
Fact<std::vector<RuntimeSocketFacts>> runtime_sockets(const View& view);

}  // namespace plimsoll::probe
