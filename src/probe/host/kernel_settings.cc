#include "probe/host/kernel_settings.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "system/initial_namespaces.h"
#include "system/proc_status.h"

namespace plimsoll::probe {
namespace {

constexpr std::array<const char*, 46> kSysctls = {
    "kernel.unprivileged_bpf_disabled",
    "kernel.unprivileged_userns_clone",
    "kernel.apparmor_restrict_unprivileged_userns",
    "kernel.apparmor_restrict_unprivileged_unconfined",
    "user.max_user_namespaces",
    "kernel.modules_disabled",
    "kernel.kexec_load_disabled",
    "kernel.yama.ptrace_scope",
    "kernel.io_uring_disabled",
    "kernel.core_pattern",
    "kernel.core_uses_pid",
    "kernel.modprobe",
    "kernel.kptr_restrict",
    "kernel.dmesg_restrict",
    "kernel.perf_event_paranoid",
    "kernel.randomize_va_space",
    "kernel.sysrq",
    "kernel.cap_last_cap",
    "kernel.panic_on_oops",
    "kernel.pid_max",
    "fs.protected_hardlinks",
    "fs.protected_symlinks",
    "fs.protected_fifos",
    "fs.protected_regular",
    "fs.suid_dumpable",
    "vm.unprivileged_userfaultfd",
    "vm.mmap_min_addr",
    "vm.overcommit_memory",
    "dev.tty.ldisc_autoload",
    "net.core.bpf_jit_harden",
    "net.ipv4.ip_forward",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.icmp_echo_ignore_broadcasts",
    "net.ipv4.conf.all.rp_filter",
    "net.ipv4.conf.all.accept_redirects",
    "net.ipv4.conf.all.secure_redirects",
    "net.ipv4.conf.all.send_redirects",
    "net.ipv4.conf.all.accept_source_route",
    "net.ipv4.conf.all.log_martians",
    "net.ipv4.conf.all.route_localnet",
    "net.ipv6.conf.all.forwarding",
    "net.ipv6.conf.all.accept_redirects",
    "net.ipv6.conf.all.accept_source_route",
    "net.bridge.bridge-nf-call-iptables",
    "net.bridge.bridge-nf-call-ip6tables",
};

Fact<std::string> read_sysctl(const system::Machine& machine, std::string name, system::Gaps& gaps) {
  std::replace(name.begin(), name.end(), '.', '/');
  const std::string path = "/proc/sys/" + name;
  const auto text = machine.read_file(path, 65'536);
  if (text.ok()) return Fact<std::string>::of(std::string(trim(*text)), path);
  if (text.error().kind == ErrorKind::not_found)
    return Fact<std::string>::missing("this kernel has no such setting", path);
  gaps.add("kernel settings", text.error());
  return Fact<std::string>::missing(text.error().to_string(), path);
}

constexpr const char* kLsm = "/sys/kernel/security/lsm";

bool kernel_has_securityfs(const system::Machine& machine) {
  const auto text = machine.read_file("/proc/filesystems", 65'536);
  return !text.ok() || text->find("securityfs") != std::string::npos;  // unreadable: assume so, the fact stays unknown
}

// "none [integrity] confidentiality": the word in brackets holds.
Fact<std::string> read_lockdown(const system::Machine& machine) {
  const std::string path = "/sys/kernel/security/lockdown";
  const auto text = machine.read_file(path, 4096);
  if (text.ok()) {
    const size_t open = text->find('['), close = text->find(']');
    if (open == std::string::npos || close == std::string::npos || close < open) {
      return Fact<std::string>::missing("not understood: " + printable(trim(*text), 100), path);
    }
    return Fact<std::string>::of(text->substr(open + 1, close - open - 1), path);
  }
  if (text.error().kind != ErrorKind::not_found) return Fact<std::string>::missing(text.error().to_string(), path);
  if (machine.read_file(kLsm, 4096).ok())
    return Fact<std::string>::of("none", std::string(kLsm) + ": lockdown is not built in");
  if (!kernel_has_securityfs(machine)) return Fact<std::string>::of("none", "this kernel has no security file system");
  return Fact<std::string>::missing("the security file system is not mounted", path);
}

Fact<std::vector<std::string>> read_lsms(const system::Machine& machine) {
  using Names = Fact<std::vector<std::string>>;
  const auto text = machine.read_file(kLsm, 4096);
  if (text.ok()) {
    std::vector<std::string> names;
    for (const auto name : split(trim(*text), ',')) {
      if (!name.empty()) names.emplace_back(name);
    }
    return Names::of(std::move(names), kLsm);
  }
  if (text.error().kind != ErrorKind::not_found) return Names::missing(text.error().to_string(), kLsm);
  if (!kernel_has_securityfs(machine)) return Names::of({}, "this kernel has no security file system");
  return Names::missing("the security file system is not mounted", kLsm);
}

// The parameter is there on kernels that check signatures at all (CONFIG_MODULE_SIG).
Fact<bool> read_signatures(const system::Machine& machine) {
  const std::string path = "/sys/module/module/parameters/sig_enforce";
  const auto text = machine.read_file(path, 64);
  if (text.ok()) return Fact<bool>::of(trim(*text) == "Y" || trim(*text) == "1", path);
  if (text.error().kind == ErrorKind::not_found) return Fact<bool>::of(false, path + ": not there");
  return Fact<bool>::missing(text.error().to_string(), path);
}

Fact<bool> read_modules(const system::Machine& machine) {
  const std::string path = "/proc/modules";
  const auto stat = machine.stat(path, false);
  if (stat.ok()) return Fact<bool>::of(true, path);
  if (stat.error().kind == ErrorKind::not_found && machine.stat("/proc/filesystems", false).ok()) {
    return Fact<bool>::of(false, path + ": not there");
  }
  return Fact<bool>::missing(stat.error().to_string(), path);
}

// What no process of this machine may exceed: the bounding set of the first one.
Fact<uint64_t> read_capability_bound(const system::Machine& machine) {
  const std::string path = "/proc/1/status";
  const Result<std::string> text = machine.read_file(path);
  if (!text.ok()) return Fact<uint64_t>::missing(text.error().message, path);
  const system::ProcessStatus status = system::parse_status(*text);
  if (!status.capabilities) return Fact<uint64_t>::missing("no CapBnd line", path);
  return Fact<uint64_t>::of(status.capabilities->bounding, path + " CapBnd");
}

Fact<int> read_cgroup_version(const system::Machine& machine) {
  const auto mounts = system::host_mounts(machine, system::initial_namespaces(machine));
  if (!mounts.known()) return Fact<int>::missing(mounts.unknown, mounts.source);
  bool one = false, two = false;
  for (const auto& mount : *mounts.value) {
    one |= mount.fs_type == "cgroup";
    two |= mount.fs_type == "cgroup2";
  }
  if (one) return Fact<int>::of(1, mounts.source);
  if (two) return Fact<int>::of(2, mounts.source);
  return Fact<int>::missing("the host mounts no control groups", mounts.source);
}

template <class T>
void note(const Fact<T>& fact, const char* what, system::Gaps& gaps) {
  if (!fact.known()) gaps.add(what, fact.unknown);
}

}  // namespace

void read_kernel_settings(const system::Machine& machine, HostFacts& facts, system::Gaps& gaps) {
  for (const char* name : kSysctls) facts.sysctls[name] = read_sysctl(machine, name, gaps);
  facts.lockdown = read_lockdown(machine);
  facts.active_lsms = read_lsms(machine);
  facts.module_signatures_enforced = read_signatures(machine);
  facts.kernel_modules_supported = read_modules(machine);
  facts.cgroup_version = read_cgroup_version(machine);
  facts.capability_bound = read_capability_bound(machine);
  note(facts.lockdown, "kernel lockdown", gaps);
  note(facts.active_lsms, "active security modules", gaps);
  note(facts.module_signatures_enforced, "module signatures", gaps);
  note(facts.kernel_modules_supported, "module support", gaps);
  note(facts.cgroup_version, "control group version", gaps);
}

}  // namespace plimsoll::probe
