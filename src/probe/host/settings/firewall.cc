#include <algorithm>

#include "base/text.h"
#include "probe/host/hardware.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/reading.h"
#include "system/initial_namespaces.h"
#include "system/packet_filter.h"

namespace plimsoll::probe::settings {
namespace {

using system::FilterChain;

bool ends_in_drop(const FilterChain& chain) {
  return !chain.rules.empty() && chain.rules.back().drops && !chain.rules.back().conditional;
}

// Whether what comes to `hook` by this family is dropped unless a rule lets it through.
FactTree closed(const system::PacketFilter& filter, const std::string& hook, const std::string& family) {
  for (const FilterChain& chain : filter.chains) {
    if (chain.hook != hook || (chain.family != family && chain.family != "inet")) continue;
    if (chain.policy == "drop" || ends_in_drop(chain))
      return FactTree::of(true, chain.family + " " + chain.table + " " + chain.name);
  }
  if (!filter.unknown.empty()) return FactTree::unknown_because(filter.unknown, "nf_tables, ip_tables");
  return FactTree::of(false, "nf_tables, ip_tables");
}

FactTree any_chain(const system::PacketFilter& filter, bool (*wanted)(const FilterChain&)) {
  for (const FilterChain& chain : filter.chains) {
    if (wanted(chain)) return FactTree::of(true, chain.family + " " + chain.table + " " + chain.name);
  }
  if (!filter.unknown.empty()) return FactTree::unknown_because(filter.unknown, "nf_tables, ip_tables");
  return FactTree::of(false, "nf_tables, ip_tables");
}

bool isolates(const FilterChain& chain) {
  return chain.name.starts_with("DOCKER-ISOLATION") || chain.name == "DOCKER-FORWARD" ||
         chain.table == "docker-bridges" || chain.name.starts_with("NETAVARK") || chain.name.starts_with("CNI-") ||
         chain.name.starts_with("cali-") || chain.name.starts_with("KUBE-FORWARD");
}

// Docker puts one RETURN into DOCKER-USER on older engines; more than that is somebody's own rule.
bool user_rules(const FilterChain& chain) { return chain.name == "DOCKER-USER" && chain.rules.size() > 1; }

bool drops_to(const FilterChain& chain, std::string_view address) {
  const auto service = parse_address(address);
  return std::any_of(chain.rules.begin(), chain.rules.end(), [&](const system::FilterRule& rule) {
    return rule.drops && rule.destination && service && rule.destination->holds(*service);
  });
}
bool drops_metadata4(const FilterChain& chain) { return drops_to(chain, "169.254.169.254"); }
bool drops_metadata6(const FilterChain& chain) { return drops_to(chain, "fd00:ec2::254"); }

// Whether rules keep the cloud's metadata service away, at each address that it has here: Amazon's has one of IPv6 too.
FactTree drops_metadata(const system::PacketFilter& filter, const FactTree& global_ipv6, const std::string& cloud) {
  FactTree by_four = any_chain(filter, drops_metadata4);
  const bool both = cloud == "AWS EC2" && (global_ipv6.boolean || global_ipv6.kind == FactTree::Kind::unknown);
  return both && by_four.boolean ? any_chain(filter, drops_metadata6) : by_four;
}

FactTree list_chains(const system::PacketFilter& filter) {
  std::vector<FactTree> out;
  for (const FilterChain& chain : filter.chains) {
    if (chain.hook.empty() || out.size() >= 500) continue;
    out.push_back(FactTree::map_of({{"family", FactTree::of(chain.family)},
                                    {"table", FactTree::of(chain.table)},
                                    {"name", FactTree::of(chain.name)},
                                    {"hook", FactTree::of(chain.hook)},
                                    {"policy", FactTree::of(chain.policy)},
                                    {"rules", number(chain.rules.size())}}));
  }
  return FactTree::list_of(std::move(out), "nf_tables");
}

FactTree managers(const Context& context) {
  std::vector<std::string> out;
  for (const std::string name : {"ufw", "firewalld", "nftables", "netfilter-persistent", "iptables"}) {
    const bool on =
        context.enabled_units.contains(name + ".service") && !context.masked_units.contains(name + ".service");
    if (!on) continue;
    if (name == "ufw") {  // the unit is enabled as shipped; the file says whether it acts
      const auto text = read_following(context.machine, "/etc/ufw/ufw.conf", 65'536);
      if (text.ok() && parse_assignments(*text)["ENABLED"] != "yes") continue;
    }
    out.push_back(name);
  }
  return context.units_unknown.empty() ? FactTree::texts_of(out) : FactTree::unknown_because(context.units_unknown);
}

FactTree has_global_ipv6(const system::Machine& machine) {
  for (const char* path : {"/proc/1/net/if_inet6", "/proc/self/net/if_inet6"}) {
    const auto text = machine.read_file(path, size_t{16} << 20);
    if (!text.ok()) continue;
    for (const std::string_view line : split(*text, '\n')) {
      const auto words = split_words(line);
      if (words.size() >= 6 && words[3] == "00" && words[5] != "lo") return FactTree::of(true, path);  // scope: global
    }
    return FactTree::of(false, path);
  }
  return FactTree::of(false, "no IPv6");
}

// Rules of the kernel are not all where Cilium filters by its own programs.
system::PacketFilter read_rules(const system::Machine& machine) {
  system::PacketFilter out = system::read_packet_filter(machine);
  if (out.unknown.empty() && machine.stat("/sys/class/net/cilium_host", true).ok())
    out.unknown = "Cilium may filter by its own programs, which are not read";
  return out;
}

}  // namespace

FactTree read_firewall(const Context& context) {
  if (system::in_foreign_network(context.machine))
    return FactTree::unknown_because("Plimsoll runs in another network namespace than the host",
                                     "nf_tables, ip_tables");
  const system::PacketFilter filter = read_rules(context.machine);
  const FactTree global_ipv6 = has_global_ipv6(context.machine);
  const std::string cloud = read_hardware(context.machine).cloud;
  return FactTree::map_of({{"input4_closed", closed(filter, "input", "ip")},
                           {"input6_closed", closed(filter, "input", "ip6")},
                           {"forward4_closed", closed(filter, "forward", "ip")},
                           {"isolation_chains", any_chain(filter, isolates)},
                           {"docker_user_rules", any_chain(filter, user_rules)},
                           {"drops_metadata", drops_metadata(filter, global_ipv6, cloud)},
                           {"base_chains", list_chains(filter)},
                           {"managers", managers(context)},
                           {"global_ipv6", global_ipv6}});
}

}  // namespace plimsoll::probe::settings
