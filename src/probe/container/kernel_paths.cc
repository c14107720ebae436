#include "probe/container/kernel_paths.h"

#include <algorithm>
#include <array>

namespace plimsoll::probe {
namespace {

using system::Mount;

struct Control {
  std::string_view usual;  // the key
  std::string_view fs_type;
  std::string_view within;  // path in that file system; "" = its top
  bool root_only;  // a sysctl looks at the user alone, DAC_OVERRIDE does not help (kernel: test_perm in proc_sysctl.c)
  bool needs_kernel_file;  // absent on kernels built without it
};
constexpr std::array<Control, 12> kControls = {{
    {"/proc/sys/kernel/core_pattern", "proc", "/sys/kernel/core_pattern", true, true},
    {"/proc/sys/kernel/modprobe", "proc", "/sys/kernel/modprobe", true, true},
    {"/proc/sys/fs/binfmt_misc/register", "binfmt_misc", "/register", false, false},
    {"/proc/sysrq-trigger", "proc", "/sysrq-trigger", false, true},
    {"/proc/sys/vm", "proc", "/sys/vm", true, true},
    {"/sys/kernel/uevent_helper", "sysfs", "/kernel/uevent_helper", false, true},
    {"/sys/kernel/debug", "debugfs", "", false, false},
    {"/sys/kernel/tracing", "tracefs", "", false, false},
    {"/sys/kernel/security", "securityfs", "", false, false},
    {"/sys/firmware/efi/efivars", "efivarfs", "", false, false},
    {"/sys/fs/bpf", "bpf", "", false, false},
    {"/sys/fs/cgroup", "cgroup", "", false, false},
}};

bool is_kind(const Mount& mount, const Control& control) {
  if (control.fs_type == "cgroup") return mount.fs_type == "cgroup" || mount.fs_type == "cgroup2";
  return mount.fs_type == control.fs_type;
}

// Where `mount` shows the control inside the container; empty when it does not.
std::string place_of(const Mount& mount, const Control& control) {
  if (!is_kind(mount, control) || mount.has_super_option("subset=pid")) return {};
  if (control.within.empty()) return mount.target;
  if (!system::is_at_or_below(control.within, mount.root)) return {};
  return system::join_below(mount.target, control.within.substr(mount.root == "/" ? 0 : mount.root.size()));
}

// The first place where the control lies on a writable mount that nothing hides; empty when there is none.
std::string writable_place(const MountView& mounts, const Control& control) {
  for (const auto& mount : mounts.mounts) {
    if (!mount.writable()) continue;
    auto place = place_of(mount, control);
    if (!place.empty() && system::covering_mount(mounts.mounts, place) == &mount) return place;
  }
  return {};
}

constexpr uint64_t kDacOverride = uint64_t{1} << 1;

bool is_confined(const std::string& label) {
  return label.ends_with("(enforce)") || label.find(":container_t:") != std::string::npos;
}

// The control is on a writable mount of this process: do its user and its label let it write?
Fact<bool> may_write(const Process& process, const Control& control, const std::string& place) {
  const auto& facts = process.facts;
  const auto source = proc_path(process.pid(), "status") + ", mountinfo " + place;
  if (process.host_user_namespace.is(false)) return Fact<bool>::of(false, process.host_user_namespace.source);
  if (!facts.host_uid.known() || !process.host_user_namespace.known()) {
    return Fact<bool>::missing("user or user namespace cannot be read", source);
  }
  const bool override_ =
      !control.root_only && facts.capabilities.known() && (facts.capabilities.value->effective & kDacOverride) != 0;
  if (*facts.host_uid.value != 0 && !override_) {
    if (facts.no_new_privs.is(true)) return Fact<bool>::of(false, source);
    return Fact<bool>::missing("not root now; a setuid-root program could make it so", source);
  }
  if (!facts.lsm_label.known()) return Fact<bool>::missing("security label cannot be read", facts.lsm_label.source);
  if (is_confined(*facts.lsm_label.value)) {
    return Fact<bool>::missing("the profile " + *facts.lsm_label.value + " decides", facts.lsm_label.source);
  }
  return Fact<bool>::of(true, source);
}

Fact<bool> judge(const View& view, const Control& control) {
  if (control.needs_kernel_file) {
    const auto stat = view.machine.stat(std::string(control.usual), true);
    if (!stat.ok() && stat.error().kind == ErrorKind::not_found) {
      return Fact<bool>::of(false, std::string(control.usual) + ": this kernel has none");
    }
  }
  auto result = Fact<bool>::of(false, "mountinfo: not on a writable mount");
  for (const auto& mounts : view.mount_views) {
    const auto place = writable_place(mounts, control);
    if (place.empty()) continue;
    for (const size_t member : mounts.members) {
      const auto one = may_write(view.processes[member], control, place);
      if (one.is(true)) return one;
      if (!one.known() || result.known()) result = one;
    }
  }
  if (result.known() && !view.mounts_unknown.empty()) return Fact<bool>::missing(view.mounts_unknown, "mountinfo");
  return result;
}

}  // namespace

std::map<std::string, Fact<bool>> kernel_path_writable(const View& view) {
  std::map<std::string, Fact<bool>> out;
  for (const auto& control : kControls) {
    out[std::string(control.usual)] =
        view.mount_views.empty() ? Fact<bool>::missing(view.mounts_unknown, "mountinfo") : judge(view, control);
  }
  return out;
}

Fact<bool> kernel_memory_visible(const View& view) {
  if (view.mount_views.empty()) return Fact<bool>::missing(view.mounts_unknown, "mountinfo");
  const auto stat = view.machine.stat("/proc/kcore", true);
  if (!stat.ok() && stat.error().kind == ErrorKind::not_found)
    return Fact<bool>::of(false, "/proc/kcore: this kernel has none");
  constexpr Control kcore{"/proc/kcore", "proc", "/kcore", true, true};
  for (const auto& mounts : view.mount_views) {
    for (const auto& mount : mounts.mounts) {
      const auto place = place_of(mount, kcore);
      if (!place.empty() && system::covering_mount(mounts.mounts, place) == &mount)
        return Fact<bool>::of(true, "mountinfo " + place);
    }
  }
  if (!view.mounts_unknown.empty()) return Fact<bool>::missing(view.mounts_unknown, "mountinfo");
  return Fact<bool>::of(false, "mountinfo: hidden by a mount");
}

}  // namespace plimsoll::probe
