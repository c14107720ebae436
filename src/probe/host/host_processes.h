#pragma once
#include <string>
#include <vector>

#include "model/facts.h"
#include "system/gaps.h"
#include "system/machine.h"

namespace plimsoll::probe {

// Pids of all processes that can be seen, lowest first.
Result<std::vector<int>> all_pids(const system::Machine& machine);

// Listening sockets of the host's network namespace, with the pid of their first holder where it can be read; addresses
// without loopback; a default route.
void read_network(const system::Machine& machine, HostFacts& facts, system::Gaps& gaps);

struct Mapped {
  std::vector<std::string> files;
  bool complete = false;  // false: some process could not be read
};

// Files mapped by the processes of the host's own mount namespace; containers' processes are left out.
Mapped read_mapped(const system::Machine& machine, system::Gaps& gaps);

}  // namespace plimsoll::probe
