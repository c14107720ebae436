#pragma once
#include "model/facts.h"
#include "probe/container/view.h"
#include "system/connections.h"

namespace plimsoll::probe {

// What the open descriptors of a container's processes tell.
struct Descriptors {
  system::SocketOwners sockets;
  bool sockets_complete = false;  // false: some process's descriptors could not be read
  Fact<bool> host_directory;      // a directory, working directory or root that lies on no mount of its own
};

// Reads /proc/PID/{fd,fdinfo,cwd,root} of all processes; bounded to 65 536 descriptors each.
Descriptors read_descriptors(const View& view);

}  // namespace plimsoll::probe
