#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/facts.h"
#include "model/ip_address.h"
#include "probe/container/process.h"
#include "system/machine.h"

namespace plimsoll::probe {

// Which ports of this host lead to which addresses, where no runtime tells: by the kernel's rules of destination NAT
// (Docker, Podman's netavark, CNI's portmap) and by Docker's relays.
struct ForwardedPort {
  PublishedPort port;  // container_port included
  IpAddress to;
  bool operator==(const ForwardedPort&) const = default;
};

struct ForwardedPorts {
  std::vector<ForwardedPort> ports;
  std::vector<IpAddress> by_services;  // a rule leads there from no port that it names (kube-proxy): not followed
  std::string unknown;                 // why the list may be short; empty: it is whole
};

// Pure: the arguments of a docker-proxy process, NUL between them; nothing when they are not understood.
std::optional<ForwardedPort> parse_relay(std::string_view command_line);

ForwardedPorts read_forwarded_ports(const system::Machine& machine, const std::vector<ProcessGroup>& processes);

}  // namespace plimsoll::probe
