#include "assess/condition_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "assess/host_paths.h"
#include "assess/judge.h"
#include "assess/mount_conditions.h"
#include "assess/side_conditions.h"
#include "base/text.h"
#include "model/capabilities.h"

namespace plimsoll::assess {
namespace {

using C = ContainerFacts;
using H = HostFacts;

std::string quoted(std::string_view text) { return printable(text, 160); }

std::string why(const std::string& unknown) { return unknown.empty() ? "not read" : quoted(unknown); }

// --- who the processes are

Judged userns_initial(const C& c, const H&) {
  return from_map(c.host_namespace, "user", "in the host's user namespace", "in a user namespace of its own");
}

// H of CONTAINER_FACTS section 5: host uid 0 in the initial user namespace, now or by a setuid program or CAP_SETUID.
Judged root_host(const C& c, const H& h) {
  constexpr uint64_t kSetuid = uint64_t{1} << 7;
  const Judged root = any_process(c, [&](const ProcessFacts& p) -> Judged {
    if (p.host_uid.is(0)) return {Tristate::yes, "host uid 0"};
    if (p.capabilities.known() && (p.capabilities.value->effective & kSetuid) != 0) {
      return {Tristate::yes, "may become uid 0 (CAP_SETUID)"};
    }
    const Tristate setuid = setuid_reachable(c, p);
    if (setuid == Tristate::yes) return {Tristate::yes, "may become uid 0 by a setuid program of the image"};
    if (!p.host_uid.known()) return {Tristate::unknown, "uid: " + why(p.host_uid.unknown)};
    if (setuid == Tristate::unknown) return {Tristate::unknown, "whether setuid programs lead to uid 0 is not known"};
    return {Tristate::no, fmt::format("host uid {}, no way to gain privileges", *p.host_uid.value)};
  });
  return both(userns_initial(c, h), root);
}

Judged capability_anywhere(const C& c, int number, const std::string& name) {
  const uint64_t bit = uint64_t{1} << number;
  return any_process(c, [&](const ProcessFacts& p) -> Judged {
    const ReachableCaps caps = reachable_caps(c, p);
    if ((caps.sure & bit) != 0) return {Tristate::yes, fmt::format("CAP_{} ({})", name, caps.source)};
    if ((caps.possible & bit) != 0) return {Tristate::unknown, caps.source};
    return {Tristate::no, fmt::format("no CAP_{}", name)};
  });
}

Judged all_capabilities(const C& c, const H& h) {
  // The 38 that every kernel since 3.16 and every runtime knows, without those the host itself has given up.
  uint64_t wanted = (uint64_t{1} << 38) - 1;
  if (h.capability_bound.known() && *h.capability_bound.value != 0) wanted &= *h.capability_bound.value;
  const Judged all = any_process(c, [&](const ProcessFacts& p) -> Judged {
    const ReachableCaps caps = reachable_caps(c, p);
    if ((caps.sure & wanted) == wanted) return {Tristate::yes, fmt::format("all capabilities ({})", caps.source)};
    if ((caps.possible & wanted) == wanted) return {Tristate::unknown, caps.source};
    return {Tristate::no, "not all capabilities"};
  });
  return both(userns_initial(c, h), all);
}

Judged seccomp_none(const C& c, const H&) {
  return any_process(c, [](const ProcessFacts& p) -> Judged {
    if (!p.seccomp.known()) return {Tristate::unknown, "seccomp: " + why(p.seccomp.unknown)};
    return p.seccomp.is(0) ? Judged{Tristate::yes, "no seccomp filter"} : Judged{Tristate::no, "seccomp filter on"};
  });
}

// Whether an AppArmor or SELinux policy in force holds every process (c.lsm).
Judged lsm_confines(const C& c, const H&) {
  static const std::set<std::string> kFree = {"spc_t", "unconfined_t", "container_runtime_t"};
  return inverse(any_process(c, [](const ProcessFacts& p) -> Judged {
    if (!p.lsm_label.known()) return {Tristate::unknown, "LSM label: " + why(p.lsm_label.unknown)};
    const std::string label(trim(*p.lsm_label.value));
    const auto parts = split(label, ':');
    const bool selinux_free = parts.size() >= 3 && kFree.count(std::string(parts[2])) != 0;
    if (label.empty()) return {Tristate::yes, "no AppArmor or SELinux label"};
    if (label.substr(0, 10) == "unconfined" || label.find("(complain)") != std::string::npos || selinux_free) {
      return {Tristate::yes, fmt::format("not confined ({})", quoted(label))};
    }
    return {Tristate::no, fmt::format("confined ({})", quoted(label))};
  }));
}

// --- namespaces

Judged host_namespace(const C& c, const char* kind) {
  return from_map(c.host_namespace, kind, fmt::format("shares the host's {} namespace", kind),
                  fmt::format("has a {} namespace of its own", kind));
}

Judged pidns_joined(const C& c, const H&) {
  if (c.host_namespace.empty()) return {Tristate::unknown, "namespaces: not read"};
  if (c.joined_pid_namespace_of.empty()) return {Tristate::no, "joined no other container's pid namespace"};
  return {Tristate::yes, "joined the pid namespace of container " + quoted(c.joined_pid_namespace_of.substr(0, 12))};
}

// --- sockets, devices, descriptors

Judged runtime_socket(const C& c, bool must_be_usable) {
  if (!c.runtime_sockets.known()) return {Tristate::unknown, "runtime sockets: " + why(c.runtime_sockets.unknown)};
  Judged worst{Tristate::no, "no runtime's socket inside"};
  for (const RuntimeSocketFacts& socket : *c.runtime_sockets.value) {
    const std::string what = fmt::format("socket of {} at {}", quoted(socket.runtime), quoted(socket.path));
    if (!must_be_usable || socket.usable.is(true)) return {Tristate::yes, what};
    if (!socket.usable.known()) {
      worst = {Tristate::unknown, what + ": usable? " + why(socket.usable.unknown)};
    } else if (worst.state == Tristate::no) {
      worst.evidence = what + ", refuses connections";
    }
  }
  return worst;
}

Judged devices_all(const C& c, const H&) {
  return from_fact(c.all_devices_allowed, "device rules allow every device", "device rules limit the devices",
                   "device rules");
}

const std::set<std::string> kDisks = {"disk", "sd", "nvme", "virtio", "virtblk", "dm", "md", "xvd", "mmc"};

// A node counts when the device rules let it be opened: given as a device, or all devices are allowed. A node that only
// came with a mount of the host's /dev is dead without such a rule.
Judged node_is_allowed(const C& c, const DeviceNode& node, const std::string& what) {
  Judged out{Tristate::yes, fmt::format("{} node {} ({}:{})", what, quoted(node.path), node.major, node.minor)};
  const bool by_mount =
      c.mounts.known() && std::any_of(c.mounts.value->begin(), c.mounts.value->end(), [&](const MountFacts& m) {
        return m.fs_type == "devtmpfs" && m.target != node.path && path_within(node.path, m.target);
      });
  return by_mount ? both(out, devices_all(c, {})) : out;
}

Judged device(const C& c, const std::set<std::string>& meanings, const std::string& what) {
  if (!c.device_nodes.known()) return {Tristate::unknown, "device nodes: " + why(c.device_nodes.unknown)};
  for (const DeviceNode& node : *c.device_nodes.value) {
    if (meanings.count(node.meaning) == 0) continue;
    Judged allowed = node_is_allowed(c, node, what);
    if (allowed.state != Tristate::no) return allowed;
  }
  return {Tristate::no, fmt::format("no {} node beyond the default set", what)};
}

// Whoever the node itself lets in needs no root of the host.
Judged disk_by_permission(const C& c, const H&) {
  if (!c.device_nodes.known()) return {Tristate::unknown, "device nodes: " + why(c.device_nodes.unknown)};
  Judged out{Tristate::no, "no disk node that its owner, group or mode opens"};
  for (const DeviceNode& node : *c.device_nodes.value) {
    if (kDisks.count(node.meaning) == 0) continue;
    Judged allowed = both(node_is_allowed(c, node, "disk"),
                          from_fact(node.by_permission, "its owner, group or mode lets a process in",
                                    "only root of the host may open it", "owner and mode of " + quoted(node.path)));
    if (allowed.state == Tristate::yes) return allowed;
    if (allowed.state == Tristate::unknown) out = std::move(allowed);
  }
  return out;
}

// --- the host

Judged lockdown_is(const H& h, const std::set<std::string>& values, const std::string& yes, const std::string& no) {
  if (!h.lockdown.known()) return {Tristate::unknown, "kernel lockdown: " + why(h.lockdown.unknown)};
  return values.count(*h.lockdown.value) != 0 ? Judged{Tristate::yes, yes} : Judged{Tristate::no, no};
}

Judged lockdown_none(const C&, const H& h) {
  return lockdown_is(h, {"none", ""}, "kernel lockdown is off", "kernel lockdown is on");
}

Judged sysctl_is_zero(const H& h, const std::string& name, const std::string& yes, const std::string& no) {
  const std::string* value = sysctl(h, name);
  if (value == nullptr) return {Tristate::unknown, "sysctl " + name + ": not read"};
  return trim(*value) == "0" ? Judged{Tristate::yes, yes} : Judged{Tristate::no, no};
}

Judged modules_loadable(const C& c, const H& h) {
  Judged out = from_fact(h.kernel_modules_supported, "the kernel loads modules", "the kernel has no module support",
                         "module support");
  out = both(out, inverse(from_fact(h.module_signatures_enforced, "module signatures are enforced",
                                    "module signatures are not enforced", "module signatures")));
  out = both(out, lockdown_none(c, h));
  return both(out, sysctl_is_zero(h, "kernel.modules_disabled", "kernel.modules_disabled = 0",
                                  "kernel.modules_disabled is set"));
}

Judged cgroup_v1(const C&, const H& h) {
  if (!h.cgroup_version.known()) return {Tristate::unknown, "cgroup version: " + why(h.cgroup_version.unknown)};
  return h.cgroup_version.is(1) ? Judged{Tristate::yes, "cgroup v1 can be mounted"}
                                : Judged{Tristate::no, "pure cgroup v2"};
}

// userns_creatable: the host's switches and the container's seccomp filter let a process make a user namespace.
Judged userns_creatable(const C& c, const H& h) {
  const std::string* limit = sysctl(h, "user.max_user_namespaces");
  Judged host{Tristate::unknown, "sysctl user.max_user_namespaces: not read"};
  if (limit != nullptr) {
    host = trim(*limit) == "0" ? Judged{Tristate::no, "user.max_user_namespaces = 0"}
                               : Judged{Tristate::yes, "user namespaces can be created"};
  }
  const std::string* debian = sysctl(h, "kernel.unprivileged_userns_clone");
  if (debian != nullptr && trim(*debian) == "0") host = {Tristate::no, "kernel.unprivileged_userns_clone = 0"};
  return both(host, seccomp_none(c, h));
}

Judged unprivileged_bpf(const C& c, const H& h) {
  return both(
      sysctl_is_zero(h, "kernel.unprivileged_bpf_disabled", "unprivileged bpf is on", "unprivileged bpf is off"),
      seccomp_none(c, h));
}

Judged io_uring(const C& c, const H& h) {
  const std::string* off = sysctl(h, "kernel.io_uring_disabled");  // absent before 6.6: then it cannot be turned off
  if (off != nullptr && trim(*off) != "0") return {Tristate::no, "kernel.io_uring_disabled = " + quoted(*off)};
  const Judged free = seccomp_none(c, h);
  if (free.state == Tristate::yes) return {Tristate::yes, "io_uring is not filtered: " + free.evidence};
  return {Tristate::unknown, "whether the seccomp profile lets io_uring through is not known"};
}

Judged told_by_no_fact(const std::string& what) { return {Tristate::unknown, "no fact tells " + what}; }

// --- the table

struct PathText {
  const char* name;
  const char* path;
};
constexpr PathText kWritable[] = {
    {"write.core_pattern", "/proc/sys/kernel/core_pattern"},
    {"write.modprobe", "/proc/sys/kernel/modprobe"},
    {"write.binfmt_misc", "/proc/sys/fs/binfmt_misc/register"},
    {"write.sysrq", "/proc/sysrq-trigger"},
    {"write.uevent_helper", "/sys/kernel/uevent_helper"},
    {"write.debugfs", "/sys/kernel/debug"},
    {"write.tracefs", "/sys/kernel/tracing"},
};

void add_capabilities(std::vector<ConditionRow>& rows) {
  int number = 0;
  for (const Capability& cap : capability_by_bit) {
    const std::string name = cap.name;
    rows.push_back({"cap." + name,
                    fmt::format("CAP_{}, held or within reach, in the host's user namespace: {}", name, cap.allows),
                    [number, name](const C& c, const H& h) {
                      return both(userns_initial(c, h), capability_anywhere(c, number, name));
                    }});
    ++number;
  }
  for (const auto& [bit, cap] : {std::pair{12, "NET_ADMIN"}, std::pair{21, "SYS_ADMIN"}}) {
    const std::string name = cap;
    rows.push_back({"anyns." + name, fmt::format("CAP_{}, held or within reach, in whatever user namespace", name),
                    [number = bit, name](const C& c, const H&) { return capability_anywhere(c, number, name); }});
  }
}

void add_kernel_paths(std::vector<ConditionRow>& rows) {
  for (const PathText& row : kWritable) {
    const std::string path = row.path;
    rows.push_back({row.name, path + " can be written from inside", [path](const C& c, const H&) {
                      return from_map(c.kernel_path_writable, path, path + " is writable", path + " is not writable");
                    }});
  }
}

void add_devices(std::vector<ConditionRow>& rows) {
  struct Row {
    const char* name;
    const char* what;
    std::set<std::string> meanings;
  };
  const Row devices[] = {
      {"device.disk", "disk", kDisks},   {"device.mem", "raw memory or port", {"mem", "kmem", "port", "msr"}},
      {"device.vfio", "vfio", {"vfio"}}, {"device.uinput", "uinput", {"uinput"}},
      {"device.usb", "usb", {"usb"}},    {"device.nvidia", "NVIDIA", {"nvidia"}},
  };
  for (const Row& row : devices) {
    rows.push_back({row.name, fmt::format("a {} device node that may be opened", row.what),
                    [row](const C& c, const H&) { return device(c, row.meanings, row.what); }});
  }
}

void add_unknowable(std::vector<ConditionRow>& rows) {
  const std::pair<const char*, const char*> told[] = {
      {"attacker.image", "whether an attacker chooses the image or how it is started"},
      {"attacker.local_user", "whether an attacker has a user account on the host"},
      {"attacker.pods", "whether an attacker may create pods"},
      {"feature.build", "whether hostile images are built here"},
      {"feature.docker_cp", "whether files are copied out of or into this container (docker cp)"},
      {"feature.authz_plugin", "whether access to the engine rests on an authorization plug-in"},
      {"feature.checkpoint_restore", "whether checkpoints from others are restored"},
      {"feature.shared_volume", "whether containers with shared volumes are started while an attacker races"},
      {"feature.overlay_in_userns", "whether overlay can be mounted in a user namespace"},
      {"feature.watch_queue", "whether the kernel has watch queues built in"},
  };
  for (const auto& [name, what] : told) {
    const std::string text = what;
    rows.push_back({name, text + " (always unknown)", [text](const C&, const H&) { return told_by_no_fact(text); }});
  }
}

std::vector<ConditionRow> build_table() {
  std::vector<ConditionRow> rows = {
      {"userns.initial", "runs in the host's user namespace: capabilities and uid 0 count on the host", userns_initial},
      {"root.host", "host uid 0 in the initial user namespace, now or within reach", root_host},
      {"caps.all", "all capabilities, in the host's user namespace", all_capabilities},
  };
  add_capabilities(rows);
  const std::vector<ConditionRow> rest = {
      {"seccomp.none", "a process without a seccomp filter", seccomp_none},
      {"lsm.confines", "AppArmor or SELinux confines every process", lsm_confines},
      {"pidns.host", "shares the host's pid namespace", [](const C& c, const H&) { return host_namespace(c, "pid"); }},
      {"pidns.joined", "joined another container's pid namespace", pidns_joined},
      {"netns.host", "shares the host's network namespace",
       [](const C& c, const H&) { return host_namespace(c, "net"); }},
      {"ipcns.host", "shares the host's IPC namespace", [](const C& c, const H&) { return host_namespace(c, "ipc"); }},
      {"cgroupns.host", "shares the host's cgroup namespace",
       [](const C& c, const H&) { return host_namespace(c, "cgroup"); }},
      {"socket.runtime.present", "a container runtime's socket is inside",
       [](const C& c, const H&) { return runtime_socket(c, false); }},
      {"socket.runtime.usable", "a container runtime's socket is inside and accepts the container's processes",
       [](const C& c, const H&) { return runtime_socket(c, true); }},
      {"cgroup.v1", "cgroup v1 is mounted or can be", cgroup_v1},
      {"cgroup.v1_top_rw", "the top of a cgroup v1 hierarchy is writable inside",
       [](const C& c, const H&) {
         return from_fact(c.cgroup_v1_writable_at_top, "top of a cgroup v1 hierarchy is writable",
                          "no writable top of a cgroup v1 hierarchy", "cgroup mounts");
       }},
      {"devices.all", "the device rules allow every device", devices_all},
      {"device.disk_by_permission", "a disk device node whose owner, group or mode lets a process of the container in",
       disk_by_permission},
      {"proc.kcore", "/proc/kcore is not hidden",
       [](const C& c, const H&) {
         return from_fact(c.kernel_memory_visible, "/proc/kcore is not hidden", "/proc/kcore is hidden or not there",
                          "/proc/kcore");
       }},
      {"fd.host_directory", "a process holds a directory outside the container's own mounts",
       [](const C& c, const H&) {
         return from_fact(c.host_directory_fd, "a descriptor, working directory or root lies outside its mounts",
                          "no descriptor outside its mounts", "open directories");
       }},
      {"modules.loadable", "the host's kernel accepts unsigned modules", modules_loadable},
      {"lockdown.none", "kernel lockdown is off", lockdown_none},
      {"lockdown.confidentiality", "kernel lockdown is at confidentiality",
       [](const C&, const H& h) {
         return lockdown_is(h, {"confidentiality"}, "kernel lockdown: confidentiality",
                            "kernel lockdown is below confidentiality");
       }},
      {"kexec.allowed", "another kernel may be loaded",
       [](const C&, const H& h) {
         return sysctl_is_zero(h, "kernel.kexec_load_disabled", "kernel.kexec_load_disabled = 0", "kexec is disabled");
       }},
      {"userns.creatable", "a process may create user namespaces (host switches and seccomp allow it)",
       userns_creatable},
      {"bpf.unprivileged", "bpf is open to unprivileged processes", unprivileged_bpf},
      {"io_uring.reachable", "io_uring system calls reach the kernel", io_uring},
  };
  rows.insert(rows.end(), rest.begin(), rest.end());
  for (const auto& more : {mount_conditions(), side_conditions()}) rows.insert(rows.end(), more.begin(), more.end());
  add_kernel_paths(rows);
  add_devices(rows);
  add_unknowable(rows);
  return rows;
}

}  // namespace

const std::vector<ConditionRow>& condition_table() {
  static const std::vector<ConditionRow> rows = build_table();
  return rows;
}

const std::vector<std::string>& capability_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const Capability& cap : capability_by_bit) out.emplace_back(cap.name);
    return out;
  }();
  return names;
}

}  // namespace plimsoll::assess
