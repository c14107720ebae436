#include "probe/host/identity.h"

#include <algorithm>

#include "base/text.h"
#include "system/initial_namespaces.h"

namespace plimsoll::probe {
namespace {

std::string read_line(const system::Machine& machine, const std::string& path) {
  const auto text = machine.read_file(path, 65'536);
  return text.ok() ? std::string(trim(*text)) : std::string();
}

bool is_machine_id(std::string_view text) {
  return text.size() == 32 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Instant read_boot_time(const system::Machine& machine) {
  const auto text = machine.read_file("/proc/stat", size_t{16} << 20);
  if (!text.ok()) return {};
  for (const auto line : split(*text, '\n')) {
    if (!line.starts_with("btime ")) continue;
    const auto seconds = parse_uint(trim(line.substr(6)));
    if (seconds && *seconds < (uint64_t{1} << 40)) return Instant(std::chrono::seconds(static_cast<int64_t>(*seconds)));
  }
  return {};
}

// The pid and user namespaces have fixed inodes on every kernel; a container with the host's pid namespace still has
// another root file system.
Fact<bool> read_on_host(const system::Machine& machine) {
  for (const std::string name : {"pid", "user"}) {
    const auto own = system::namespace_inode(machine, "self", name);
    const std::string source = "/proc/self/ns/" + name;
    if (!own.ok()) return Fact<bool>::missing(own.error().to_string(), source);
    if (*own != system::fixed_namespace_inode(name)) return Fact<bool>::of(false, source);
  }
  const auto own = machine.read_file("/proc/self/mountinfo", size_t{16} << 20);
  const auto first = machine.read_file("/proc/1/mountinfo", size_t{16} << 20);
  if (own.ok() && first.ok()) {
    const auto own_mounts = system::parse_mountinfo(*own).mounts, first_mounts = system::parse_mountinfo(*first).mounts;
    const auto* own_root = system::covering_mount(own_mounts, "/");
    const auto* first_root = system::covering_mount(first_mounts, "/");
    if (own_root && first_root) {
      const bool same = own_root->device == first_root->device && own_root->root == first_root->root;
      return Fact<bool>::of(same, "/proc/self/ns and the root mount of PID 1");
    }
  }
  return Fact<bool>::of(true, "/proc/self/ns/pid, user");
}

// Some restricted machines hide PID 1 even from root: then the kernel thread 2 shows whether others can be read.
Fact<bool> read_privileged(const system::Machine& machine) {
  for (const char* process : {"1", "2"}) {
    if (system::namespace_inode(machine, process, "mnt").ok()) {
      return Fact<bool>::of(true, std::string("/proc/") + process + "/ns/mnt");
    }
  }
  return Fact<bool>::of(false, "/proc/1/ns/mnt cannot be read");
}

}  // namespace

void read_identity(const system::Machine& machine, HostFacts& facts, system::Gaps& gaps) {
  facts.hostname = read_line(machine, "/proc/sys/kernel/hostname");
  if (facts.hostname.empty()) facts.hostname = read_line(machine, "/etc/hostname");
  for (const char* path : {"/etc/machine-id", "/var/lib/dbus/machine-id"}) {
    if (facts.machine_id.empty() && is_machine_id(read_line(machine, path)))
      facts.machine_id = read_line(machine, path);
  }
  if (facts.machine_id.empty()) {
    const auto boot = read_line(machine, "/proc/sys/kernel/random/boot_id");
    facts.machine_id = boot.empty() ? facts.hostname : "boot-" + boot;
    gaps.add("lasting identity of this host", "/etc/machine-id is missing or not set", "run systemd-machine-id-setup");
  }
  facts.kernel_release = read_line(machine, "/proc/sys/kernel/osrelease");
  facts.kernel_version = read_line(machine, "/proc/sys/kernel/version");
  if (facts.kernel_release.empty()) gaps.add("kernel release", "/proc/sys/kernel/osrelease cannot be read");
  facts.boot_time = read_boot_time(machine);
}

void read_observer(const system::Machine& machine, HostFacts& facts, system::Gaps& gaps) {
  facts.on_host = read_on_host(machine);
  facts.privileged_observer = read_privileged(machine);
  if (facts.on_host.is(false)) {
    gaps.add("the host itself", "this program runs inside a container and sees what that container sees",
             "run it on the host, in its pid and mount namespaces");
  }
  if (!facts.on_host.known()) gaps.add("whether this is the host or a container", facts.on_host.unknown);
  if (facts.privileged_observer.is(false)) gaps.add("processes of other users", "permission denied", "run as root");
}

}  // namespace plimsoll::probe
