#pragma once
#include <optional>
#include <string>
#include <vector>

#include "model/facts.h"
#include "model/flow.h"
#include "model/incomplete.h"
#include "probe/container/host_scan.h"
#include "runtime/runtime.h"
#include "system/connections.h"
#include "system/machine.h"

namespace plimsoll::probe {

struct ContainerProbe {
  ContainerFacts facts;             // those listed by the runtime, completed from the kernel (which wins)
  std::vector<std::string> mapped;  // files mapped by its processes, paths as seen inside its root
  bool mapped_complete = false;     // false: some process could not be read
  std::optional<system::NamespaceSockets>
      sockets;  // of its first process's network namespace, for container_connections()
  IncompleteList not_assessed;
};

// Gathers the facts of docs/facts.md for one container. Never judges, never fails as a whole: what cannot be
// read becomes an unknown fact and an entry of not_assessed.
ContainerProbe probe_container(const system::Machine& machine, const HostScan& host, const runtime::Listed& listed);
// The same with a scan of its own, for one container.
ContainerProbe probe_container(const system::Machine& machine, const runtime::Listed& listed);

using Connection = system::Connection;
using Connections = system::Connections;

// TCP (and connected UDP) sockets of a container's namespace by /proc/PID/net/{tcp,tcp6,udp,udp6}. In a namespace
// shared with the host only sockets of the container's own processes are taken. `sockets`: those of its first process
// where they have been read already; to read them costs a look at all connections of the machine.
Connections container_connections(const system::Machine& machine, const AssetId& owner, const ContainerFacts& facts,
                                  std::optional<system::NamespaceSockets> sockets = {});

}  // namespace plimsoll::probe
