#include <algorithm>
#include <array>

#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/reading.h"
#include "probe/host/settings/sysctl_files.h"
#include "system/initial_namespaces.h"

namespace plimsoll::probe::settings {
namespace {

using Configured = Result<std::vector<SysctlSetting>>;

// How conf.all and conf.IFACE become what the kernel does: include/linux/inetdevice.h, IN_DEV_{AND,OR,MAX}CONF.
enum class Combine { any, both, most, redirects };
struct PerInterface {
  const char* name;
  Combine combine;
};
constexpr std::array<PerInterface, 9> kPerInterface4 = {{{"send_redirects", Combine::any},
                                                         {"secure_redirects", Combine::any},
                                                         {"log_martians", Combine::any},
                                                         {"proxy_arp", Combine::any},
                                                         {"route_localnet", Combine::any},
                                                         {"shared_media", Combine::any},
                                                         {"accept_source_route", Combine::both},
                                                         {"rp_filter", Combine::most},
                                                         {"accept_redirects", Combine::redirects}}};

std::optional<int64_t> integer_of(const FactTree& value) {
  if (value.kind != FactTree::Kind::integer) return std::nullopt;
  return value.integer;
}

std::optional<int64_t> integer_at(const system::Machine& machine, const std::string& path) {
  return integer_of(read_value(machine, path));
}

int64_t combine(Combine how, int64_t all, int64_t own, bool forwarding) {
  switch (how) {
    case Combine::any:
      return all != 0 || own != 0 ? 1 : 0;
    case Combine::both:
      return all != 0 && own != 0 ? 1 : 0;
    case Combine::most:
      return std::max(all, own);
    case Combine::redirects:
      return (forwarding ? (all != 0 && own != 0) : (all != 0 || own != 0)) ? 1 : 0;
  }
  return 1;
}

// What boot sets conf.WHICH.ROW to, WHICH being `all` or an interface; an interface without a line of its own starts as
// a copy of conf.default. Empty when no file sets it.
const SysctlSetting* set_at_boot(const Configured& configured, const std::string& family, const std::string& which,
                                 const std::string& row) {
  const std::string base = "net." + family + ".conf.";
  const SysctlSetting* own = find_sysctl(*configured, base + which + "." + row);
  return own != nullptr || which == "all" ? own : find_sysctl(*configured, base + "default." + row);
}

// The effective value after the next boot, where a file sets either part of it; absent when none does.
FactTree at_boot4(const Configured& configured, const PerInterface& row, const std::string& interface, int64_t all,
                  int64_t own, bool forwarding) {
  const SysctlSetting* set_all = set_at_boot(configured, "ipv4", "all", row.name);
  const SysctlSetting* set_own = set_at_boot(configured, "ipv4", interface, row.name);
  if (set_all == nullptr && set_own == nullptr) return {};
  const auto value = [](const SysctlSetting* set, int64_t running) {
    return set == nullptr ? std::optional(running) : integer_of(value_of(set->value));
  };
  const auto next_all = value(set_all, all), next_own = value(set_own, own);
  const std::string& source = (set_own != nullptr ? set_own : set_all)->source;
  if (!next_all || !next_own) return FactTree::unknown_because("it is set to no number", source);
  return FactTree::of(combine(row.combine, *next_all, *next_own, forwarding), source);
}

FactTree effective4(const system::Machine& machine, const Configured& configured, const std::string& interface) {
  const std::string base = "/proc/sys/net/ipv4/conf/";
  const bool forwarding = integer_at(machine, base + interface + "/forwarding").value_or(0) != 0;
  Members out, at_boot;
  for (const PerInterface& row : kPerInterface4) {
    const std::string path = base + interface + "/" + row.name;
    const auto all = integer_at(machine, base + "all/" + row.name), own = integer_at(machine, path);
    if (!all || !own) {
      out[row.name] = FactTree::unknown_because("conf.all or the interface's value cannot be read", path);
      continue;
    }
    out[row.name] = FactTree::of(combine(row.combine, *all, *own, forwarding), path);
    if (configured.ok()) at_boot[row.name] = at_boot4(configured, row, interface, *all, *own, forwarding);
  }
  out["forwarding"] = FactTree::of(int64_t{forwarding});
  out["at_boot"] = configured.ok() ? FactTree::map_of(std::move(at_boot))
                                   : FactTree::unknown_because(configured.error().to_string());
  return FactTree::map_of(std::move(out), base + interface);
}

// Documentation/networking/ip-sysctl.rst: 1 has no effect while the interface forwards; 2 accepts all the same.
int64_t accepts_ra(int64_t accept_ra, bool forwarding) {
  return accept_ra == 2 || (accept_ra == 1 && !forwarding) ? 1 : 0;
}

FactTree accepts_ra_at_boot(const Configured& configured, const std::string& interface, bool forwarding) {
  if (!configured.ok()) return FactTree::unknown_because(configured.error().to_string());
  const SysctlSetting* set = set_at_boot(configured, "ipv6", interface, "accept_ra");
  if (set == nullptr) return {};
  const auto value = integer_of(value_of(set->value));
  if (!value) return FactTree::unknown_because("it is set to no number", set->source);
  return FactTree::of(accepts_ra(*value, forwarding), set->source);
}

// Addresses that come from router announcements or DHCP are not permanent (IFA_F_PERMANENT, 0x80, of if_inet6).
bool has_dynamic_address6(const system::Machine& machine, std::string_view interface) {
  const auto text = machine.read_file("/proc/net/if_inet6", size_t{16} << 20);
  for (const std::string_view line : split(text_or_none(text), '\n')) {
    const auto words = split_words(line);
    if (words.size() < 6 || words[5] != interface || words[3] != "00") continue;
    const auto flags = parse_uint(words[4], 16);
    if (flags && (*flags & 0x80) == 0) return true;
  }
  return false;
}

// IPv6 does not combine: the interface's own value decides; conf.all counts as a minimum for source routes.
FactTree effective6(const system::Machine& machine, const Configured& configured, const std::string& interface) {
  const std::string base = "/proc/sys/net/ipv6/conf/" + interface;
  if (!machine.stat(base, true).ok()) return {};
  if (integer_at(machine, base + "/disable_ipv6").value_or(0) == 1) return {};
  Members out;
  for (const char* name : {"accept_ra", "accept_redirects", "accept_source_route", "forwarding", "autoconf"}) {
    out[name] = read_value(machine, base + "/" + name);
  }
  const auto all = integer_at(machine, "/proc/sys/net/ipv6/conf/all/accept_source_route");
  FactTree& route = out["accept_source_route"];
  if (route.kind == FactTree::Kind::integer && all) route.integer = std::min(route.integer, *all);
  if (out["forwarding"].integer != 0 && out["accept_redirects"].kind == FactTree::Kind::integer) {
    out["accept_redirects"].integer = 0;  // ignored while it forwards
  }
  FactTree effective = out["accept_ra"];
  const bool forwarding = out["forwarding"].integer != 0;
  if (effective.kind == FactTree::Kind::integer) effective.integer = accepts_ra(effective.integer, forwarding);
  if (effective.integer == 1 && has_dynamic_address6(machine, interface)) {
    effective = FactTree::unknown_because("its address comes from a router: a person must say whether that is wanted");
  }
  out["accepts_ra"] = std::move(effective);
  out["accepts_ra_at_boot"] = accepts_ra_at_boot(configured, interface, forwarding);
  return FactTree::map_of(std::move(out), base);
}

// Interfaces that runtimes and network plugins make for containers.
bool of_containers(std::string_view name) {
  static constexpr std::array<std::string_view, 16> kPrefixes = {
      "veth",   "cali",  "lxc",   "cilium", "flannel",      "docker", "br-",  "cni",
      "podman", "virbr", "kube-", "vxlan",  "nodelocaldns", "dummy",  "tunl", "weave"};
  return std::any_of(kPrefixes.begin(), kPrefixes.end(), [&](std::string_view p) { return name.starts_with(p); });
}

FactTree one_interface(const system::Machine& machine, const Configured& configured, const std::string& name) {
  const std::string device = "/sys/class/net/" + name;
  Members out = {{"name", FactTree::of(name)},
                 {"outward", FactTree::of(name != "lo" && name != "default" && !of_containers(name))},
                 {"ipv4", effective4(machine, configured, name)},
                 {"ipv6", effective6(machine, configured, name)}};
  const auto flags = machine.read_file(device + "/flags", 64);
  if (flags.ok() && trim(*flags).starts_with("0x")) {
    const auto bits = parse_uint(trim(*flags).substr(2), 16);
    if (bits) out["promiscuous"] = FactTree::of((*bits & 0x100) != 0, device + "/flags");   // IFF_PROMISC
    if (bits && (*bits & 1) == 0) out["outward"] = FactTree::of(false, device + "/flags");  // not IFF_UP
  }
  out["physical"] = FactTree::of(machine.stat(device + "/device", true).ok(), device);
  return FactTree::map_of(std::move(out));
}

}  // namespace

FactTree read_interfaces(const Context& context) {
  const std::string base = "/proc/sys/net/ipv4/conf";
  if (system::in_foreign_network(context.machine))
    return FactTree::unknown_because("Plimsoll runs in another network namespace than the host", base);
  const auto names = context.machine.list_directory(base, 10'000);
  if (!names.ok()) return from_error(names.error(), base);
  const Configured configured = configured_sysctls(context.machine);
  std::vector<FactTree> out;
  for (const std::string& name : *names) {
    if (name != "all" && name != "lo") out.push_back(one_interface(context.machine, configured, name));
  }
  return FactTree::list_of(std::move(out), base);
}

}  // namespace plimsoll::probe::settings
