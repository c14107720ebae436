#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/flow.h"
#include "model/ip_address.h"
#include "system/machine.h"

// The rules by which the kernel filters and translates packets: nf_tables and the legacy iptables, in one shape.
namespace plimsoll::system {

// Where a rule of destination NAT sends a packet.
struct Forward {
  IpAddress address;
  uint16_t port = 0;  // 0: the port stays as it was
  bool operator==(const Forward&) const = default;
};

struct PortRange {
  uint16_t first = 0, last = 0;
  bool operator==(const PortRange&) const = default;
};

// What one rule asks for and does, as far as the checks here need it. A condition that is not read leaves its member
// empty and the rule conditional.
struct FilterRule {
  bool conditional = false;  // asks for something before its verdict; counters and logs are none
  bool drops = false;        // its verdict is drop or reject
  std::optional<IpNetwork> destination;
  std::optional<Transport> transport;
  std::vector<PortRange> ports;  // of the destination; empty: none asked for
  std::optional<Forward> forward;
  bool forward_unread = false;  // it translates the destination, to what is not read here (a map, a range)
};

struct FilterChain {
  std::string family;  // "ip", "ip6", "inet", "bridge", ...
  std::string table, name;
  std::string hook;    // "input", "forward", ...; empty: no base chain
  std::string policy;  // "accept" or "drop"; empty: no base chain
  std::vector<FilterRule> rules;
};

struct PacketFilter {
  std::vector<FilterChain> chains;
  std::string unknown;  // why the chains are not all; empty: they are
};

// Both of this network namespace. Only what is loaded is asked: to ask for another would load it.
PacketFilter read_packet_filter(const Machine& machine);

}  // namespace plimsoll::system
