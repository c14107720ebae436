#pragma once
#include <string>
#include <vector>

#include "model/asset.h"
#include "model/facts.h"
#include "model/incomplete.h"
#include "system/connections.h"
#include "system/machine.h"

namespace plimsoll::probe {

struct HostProbe {
  HostFacts facts;
  std::vector<std::string> mapped;  // files mapped by processes in the host's mount namespace
  bool mapped_complete = false;
  IncompleteList not_assessed;
};

// Facts of this host: identity, kernel, hardware and platform, security settings, listeners. Never fails as a whole.
HostProbe probe_host(const system::Machine& machine);

using Connection = system::Connection;
using Connections = system::Connections;

// TCP (and connected UDP) sockets of the host's network namespace, those of containers in it included.
Connections host_connections(const system::Machine& machine, const AssetId& owner);

}  // namespace plimsoll::probe
