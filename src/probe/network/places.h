#pragma once
#include <string>
#include <vector>

#include "network/address.h"
#include "system/machine.h"

namespace plimsoll::probe {

// The addresses of the network namespace that process `pid` lives in, loopback left out.
std::vector<network::Address> addresses_of(const system::Machine& machine, const std::string& pid);

bool is_loopback(const network::Address& address);  // 127.0.0.0/8 or ::1: of whichever namespace it was seen in

// The host's interfaces but for those that belong to another one, as the ports of a bridge do: what these carry the
// other one shows, or the containers behind them. To listen on them would cost every packet between containers.
std::vector<uint32_t> principal_interfaces(const system::Machine& machine);

// The path of a process in the cgroup2 hierarchy; empty: not known.
std::string cgroup2_path(const system::Machine& machine, int pid);

}  // namespace plimsoll::probe
