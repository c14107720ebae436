#pragma once
#include <optional>
#include <string>
#include <vector>

#include "model/facts.h"
#include "probe/container/forwarded_ports.h"
#include "probe/container/process.h"
#include "runtime/runtime.h"
#include "system/gaps.h"
#include "system/machine.h"
#include "system/mountinfo.h"
#include "system/proc_status.h"

namespace plimsoll::probe {

// A socket on which a container engine of the host listens.
struct HostSocket {
  std::string runtime;  // "docker", "rootless podman"
  std::string path;     // without symlinks
  system::FileStat stat;
};

// What is the same for every container of one host, read once for all of them.
struct HostScan {
  Namespaces initial;
  Fact<std::vector<system::Mount>> mounts;
  std::vector<ProcessGroup> processes;  // lowest pid first
  Gaps process_gaps;
  std::vector<HostSocket> sockets;
  std::string sockets_unknown;  // why the list may be short; empty: it is whole
  Gaps socket_gaps;
  std::optional<ForwardedPorts> forwarded;  // read only where some container has no runtime to tell its ports
};

// Never fails: what cannot be read is unknown, or noted in the gaps, and told with every container.
HostScan scan_host(const system::Machine& machine, const std::vector<runtime::Listed>& containers);

}  // namespace plimsoll::probe
