#include <algorithm>
#include <array>

#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/reading.h"
#include "probe/host/settings/sysctl_files.h"
#include "system/initial_namespaces.h"

namespace plimsoll::probe::settings {
namespace {

constexpr std::array kNames = {"kernel.randomize_va_space",
                               "kernel.kptr_restrict",
                               "kernel.dmesg_restrict",
                               "kernel.unprivileged_bpf_disabled",
                               "net.core.bpf_jit_harden",
                               "net.core.bpf_jit_enable",
                               "kernel.perf_event_paranoid",
                               "kernel.yama.ptrace_scope",
                               "fs.protected_hardlinks",
                               "fs.protected_symlinks",
                               "fs.protected_fifos",
                               "fs.protected_regular",
                               "fs.suid_dumpable",
                               "kernel.core_pattern",
                               "kernel.kexec_load_disabled",
                               "kernel.modules_disabled",
                               "kernel.sysrq",
                               "kernel.io_uring_disabled",
                               "user.max_user_namespaces",
                               "kernel.unprivileged_userns_clone",
                               "kernel.apparmor_restrict_unprivileged_userns",
                               "vm.unprivileged_userfaultfd",
                               "vm.mmap_min_addr",
                               "dev.tty.ldisc_autoload",
                               "dev.tty.legacy_tiocsti",
                               "vm.overcommit_memory",
                               "vm.panic_on_oom",
                               "kernel.panic",
                               "kernel.panic_on_oops",
                               "kernel.keys.root_maxkeys",
                               "kernel.keys.root_maxbytes",
                               "net.ipv4.ip_forward",
                               "net.ipv6.conf.all.forwarding",
                               "net.ipv6.conf.all.disable_ipv6",
                               "net.ipv4.icmp_echo_ignore_broadcasts",
                               "net.ipv4.icmp_ignore_bogus_error_responses",
                               "net.ipv4.tcp_syncookies",
                               "net.bridge.bridge-nf-call-iptables",
                               "net.bridge.bridge-nf-call-ip6tables",
                               "net.ipv4.ip_unprivileged_port_start",
                               "kernel.tainted",
                               "net.ipv4.conf.all.send_redirects",
                               "net.ipv4.conf.default.send_redirects",
                               "net.ipv4.conf.all.accept_redirects",
                               "net.ipv4.conf.default.accept_redirects",
                               "net.ipv6.conf.all.accept_redirects",
                               "net.ipv6.conf.default.accept_redirects",
                               "net.ipv4.conf.all.secure_redirects",
                               "net.ipv4.conf.default.secure_redirects",
                               "net.ipv4.conf.all.accept_source_route",
                               "net.ipv4.conf.default.accept_source_route",
                               "net.ipv6.conf.all.accept_source_route",
                               "net.ipv6.conf.default.accept_source_route",
                               "net.ipv4.conf.all.rp_filter",
                               "net.ipv4.conf.default.rp_filter",
                               "net.ipv4.conf.all.log_martians",
                               "net.ipv4.conf.default.log_martians",
                               "net.ipv6.conf.all.accept_ra",
                               "net.ipv6.conf.default.accept_ra",
                               "net.ipv4.conf.all.route_localnet",
                               "net.ipv4.conf.default.route_localnet"};

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

std::string file_of(std::string name) {
  std::replace(name.begin(), name.end(), '.', '/');
  return "/proc/sys/" + name;
}

bool foreign_network(const system::Machine& machine) {
  const auto own = system::namespace_inode(machine, "self", "net");
  const auto initial = system::initial_namespaces(machine);
  const auto host = initial.find("net");
  return own.ok() && host != initial.end() && host->second.known() && *host->second.value != *own;
}

FactTree one_setting(const system::Machine& machine, const std::string& name, bool foreign,
                     const Result<std::vector<SysctlSetting>>& configured) {
  const std::string path = file_of(name);
  FactTree running = read_value(machine, path);
  if (foreign && name.starts_with("net."))
    running = FactTree::unknown_because("Plimsoll runs in another network namespace than the host", path);
  if (running.kind == FactTree::Kind::absent) return running;
  Members out = {{"running", std::move(running)}};
  if (!configured.ok()) {
    out["configured"] = FactTree::unknown_because(configured.error().to_string());
  } else if (const SysctlSetting* setting = find_sysctl(*configured, name)) {
    out["configured"] = value_of(setting->value, setting->source);
  }
  return FactTree::map_of(std::move(out), path);
}

std::optional<int64_t> integer_at(const system::Machine& machine, const std::string& path) {
  const FactTree value = read_value(machine, path);
  if (value.kind != FactTree::Kind::integer) return std::nullopt;
  return value.integer;
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

FactTree effective4(const system::Machine& machine, const std::string& interface) {
  const std::string base = "/proc/sys/net/ipv4/conf/";
  const bool forwarding = integer_at(machine, base + interface + "/forwarding").value_or(0) != 0;
  Members out;
  for (const PerInterface& row : kPerInterface4) {
    const std::string path = base + interface + "/" + row.name;
    const auto all = integer_at(machine, base + "all/" + row.name), own = integer_at(machine, path);
    out[row.name] = all && own ? FactTree::of(combine(row.combine, *all, *own, forwarding), path)
                               : FactTree::unknown_because("conf.all or the interface's value cannot be read", path);
  }
  out["forwarding"] = FactTree::of(int64_t{forwarding});
  return FactTree::map_of(std::move(out), base + interface);
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
FactTree effective6(const system::Machine& machine, const std::string& interface) {
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
  // 1 has no effect while the interface forwards; 2 accepts all the same.
  FactTree effective = out["accept_ra"];
  if (effective.kind == FactTree::Kind::integer) {
    effective.integer = effective.integer == 2 || (effective.integer == 1 && out["forwarding"].integer == 0) ? 1 : 0;
  }
  if (effective.integer == 1 && has_dynamic_address6(machine, interface)) {
    effective = FactTree::unknown_because("its address comes from a router: a person must say whether that is wanted");
  }
  out["accepts_ra"] = std::move(effective);
  return FactTree::map_of(std::move(out), base);
}

// Interfaces that runtimes and network plugins make for containers.
bool of_containers(std::string_view name) {
  static constexpr std::array<std::string_view, 16> kPrefixes = {
      "veth",   "cali",  "lxc",   "cilium", "flannel",      "docker", "br-",  "cni",
      "podman", "virbr", "kube-", "vxlan",  "nodelocaldns", "dummy",  "tunl", "weave"};
  return std::any_of(kPrefixes.begin(), kPrefixes.end(), [&](std::string_view p) { return name.starts_with(p); });
}

FactTree one_interface(const system::Machine& machine, const std::string& name) {
  const std::string device = "/sys/class/net/" + name;
  Members out = {{"name", FactTree::of(name)},
                 {"outward", FactTree::of(name != "lo" && name != "default" && !of_containers(name))},
                 {"ipv4", effective4(machine, name)},
                 {"ipv6", effective6(machine, name)}};
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

FactTree read_sysctl(const Context& context) {
  const auto configured = configured_sysctls(context.machine);
  const bool foreign = foreign_network(context.machine);
  Members out;
  for (const char* name : kNames) out[name] = one_setting(context.machine, name, foreign, configured);
  return FactTree::map_of(std::move(out), "/proc/sys");
}

FactTree read_interfaces(const Context& context) {
  const std::string base = "/proc/sys/net/ipv4/conf";
  if (foreign_network(context.machine))
    return FactTree::unknown_because("Plimsoll runs in another network namespace than the host", base);
  const auto names = context.machine.list_directory(base, 10'000);
  if (!names.ok()) return from_error(names.error(), base);
  std::vector<FactTree> out;
  for (const std::string& name : *names) {
    if (name != "all" && name != "lo") out.push_back(one_interface(context.machine, name));
  }
  return FactTree::list_of(std::move(out), base);
}

}  // namespace plimsoll::probe::settings
