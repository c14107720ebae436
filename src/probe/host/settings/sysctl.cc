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

std::string file_of(std::string name) {
  std::replace(name.begin(), name.end(), '.', '/');
  return "/proc/sys/" + name;
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

}  // namespace

FactTree read_sysctl(const Context& context) {
  const auto configured = configured_sysctls(context.machine);
  const bool foreign = system::in_foreign_network(context.machine);
  Members out;
  for (const char* name : kNames) out[name] = one_setting(context.machine, name, foreign, configured);
  return FactTree::map_of(std::move(out), "/proc/sys");
}

}  // namespace plimsoll::probe::settings
