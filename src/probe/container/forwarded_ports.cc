#include "probe/container/forwarded_ports.h"

#include <algorithm>

#include "base/text.h"
#include "system/initial_namespaces.h"
#include "system/packet_filter.h"
#include "system/proc_net.h"

namespace plimsoll::probe {
namespace {

constexpr size_t kMostPorts = 65'536;

std::optional<uint16_t> port_of(std::string_view text) {
  const auto number = parse_uint(text);
  if (!number || *number == 0 || *number > 65535) return std::nullopt;
  return static_cast<uint16_t>(*number);
}

bool is_one_address(const IpNetwork& network) { return network.bits == 128; }

// The ports of one rule; a range is taken port by port.
void add_rule(const system::FilterRule& rule, ForwardedPorts& out) {
  const system::Forward& forward = *rule.forward;
  if (rule.ports.empty()) {
    out.by_services.push_back(forward.address);
    return;
  }
  const std::string host = rule.destination && is_one_address(*rule.destination) ? to_text(rule.destination->address)
                           : forward.address.v4()                                ? "0.0.0.0"
                                                                                 : "::";
  for (const system::PortRange& range : rule.ports) {
    for (uint32_t port = range.first; port <= range.last; ++port) {
      if (out.ports.size() >= kMostPorts) {
        out.unknown = "more than 65,536 forwarded ports";
        return;
      }
      const auto number = static_cast<uint16_t>(port);
      const uint16_t inside = forward.port != 0 ? forward.port : number;
      for (const Transport transport : {Transport::tcp, Transport::udp}) {
        if (rule.transport && *rule.transport != transport) continue;
        out.ports.push_back({{transport, host, number, inside, !system::is_loopback(host)}, forward.address});
      }
    }
  }
}

void add_rules(const system::Machine& machine, ForwardedPorts& out) {
  const system::PacketFilter filter = system::read_packet_filter(machine);
  out.unknown = filter.unknown;
  for (const system::FilterChain& chain : filter.chains) {
    for (const system::FilterRule& rule : chain.rules) {
      if (rule.forward) add_rule(rule, out);
      if (rule.forward_unread)
        out.unknown = "a rule of " + chain.family + " " + printable(chain.table, 100) + " " +
                      printable(chain.name, 100) + " forwards by a map that is not read";
    }
  }
}

void add_relays(const system::Machine& machine, const std::vector<ProcessGroup>& processes, ForwardedPorts& out) {
  for (const ProcessGroup& process : processes) {
    const auto name = machine.read_file(proc_path(process.pid, "comm"), 64);
    if (!name.ok() || trim(*name) != "docker-proxy") continue;
    const auto line = machine.read_file(proc_path(process.pid, "cmdline"), 65'536);
    const auto relay = line.ok() ? parse_relay(*line) : std::nullopt;
    if (relay)
      out.ports.push_back(*relay);
    else
      out.unknown = "the arguments of docker-proxy " + std::to_string(process.pid) + " are not understood";
  }
}

// What forwards beside the rules.
void note_others(const system::Machine& machine, ForwardedPorts& out) {
  if (machine.stat("/sys/class/net/cilium_host", true).ok()) out.unknown = "Cilium forwards ports by its own programs";
  const auto services = machine.read_file("/proc/net/ip_vs", 65'536);
  if (services.ok() && (services->find("\nTCP ") != std::string::npos || services->find("\nUDP ") != std::string::npos))
    out.unknown = "IPVS forwards ports by its own table";
}

}  // namespace

std::optional<ForwardedPort> parse_relay(std::string_view command_line) {
  ForwardedPort out;
  std::optional<uint16_t> outer, inner;
  std::optional<IpAddress> to;
  std::string_view name;
  for (const std::string_view word : split(command_line, '\0')) {
    if (name == "-proto") {
      if (word != "tcp" && word != "udp" && word != "sctp") return std::nullopt;
      out.port.transport = word == "udp" ? Transport::udp : Transport::tcp;
    }
    if (name == "-host-ip" && parse_address(word)) out.port.host_address = std::string(word);
    if (name == "-host-port") outer = port_of(word);
    if (name == "-container-ip") to = parse_address(word);
    if (name == "-container-port") inner = port_of(word);
    name = word;
  }
  if (!outer || !inner || !to || out.port.host_address.empty()) return std::nullopt;
  out.port.host_port = *outer;
  out.port.container_port = *inner;
  out.port.outside = !system::is_loopback(out.port.host_address);
  out.to = *to;
  return out;
}

ForwardedPorts read_forwarded_ports(const system::Machine& machine, const std::vector<ProcessGroup>& processes) {
  ForwardedPorts out;
  if (system::in_foreign_network(machine)) {
    out.unknown = "Plimsoll runs in another network namespace than the host";
    return out;
  }
  add_rules(machine, out);
  add_relays(machine, processes, out);
  note_others(machine, out);
  return out;
}

}  // namespace plimsoll::probe
