#pragma once
#include <string>
#include <utility>

#include "assess/assess.h"

// Small worlds for the tests of this room.
namespace plimsoll::assess::fixture {

// Docker's default capabilities and all 41 of a current kernel.
inline constexpr uint64_t kDockerCaps = 0xa80425fb;
inline constexpr uint64_t kAllCaps = 0x1ffffffffff;

// A container as Docker starts it by default, every fact read: root inside and outside, filtered, confined.
inline ContainerFacts plain_container(const std::string& name) {
  ContainerFacts c;
  c.id.value = name;
  c.name = name;
  c.runtime = "docker";
  ProcessFacts p;
  p.pid = 100;
  p.name = "server";
  p.host_uid = Fact<uint32_t>::of(0);
  p.capabilities = Fact<CapabilitySets>::of({0, kDockerCaps, kDockerCaps, kDockerCaps, 0});
  p.no_new_privs = Fact<bool>::of(false);
  p.seccomp = Fact<int>::of(2);
  p.lsm_label = Fact<std::string>::of("docker-default (enforce)");
  c.processes = {p};
  for (const char* kind : {"pid", "net", "ipc", "uts", "cgroup", "mnt"}) c.host_namespace[kind] = Fact<bool>::of(false);
  c.host_namespace["user"] = Fact<bool>::of(true);
  c.privileged = Fact<bool>::of(false);
  c.mounts = Fact<std::vector<MountFacts>>::of({});
  c.runtime_sockets = Fact<std::vector<RuntimeSocketFacts>>::of({});
  for (const char* path :
       {"/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/fs/binfmt_misc/register",
        "/proc/sysrq-trigger", "/sys/kernel/uevent_helper", "/sys/kernel/debug", "/sys/kernel/tracing"}) {
    c.kernel_path_writable[path] = Fact<bool>::of(false);
  }
  c.cgroup_v1_writable_at_top = Fact<bool>::of(false);
  c.kernel_memory_visible = Fact<bool>::of(false);
  c.all_devices_allowed = Fact<bool>::of(false);
  c.device_nodes = Fact<std::vector<DeviceNode>>::of({});
  c.setuid_files = Fact<bool>::of(true);
  c.host_directory_fd = Fact<bool>::of(false);
  c.listeners = Fact<std::vector<Listener>>::of({});
  c.published = Fact<std::vector<PublishedPort>>::of({});
  c.reaches_outside = Fact<bool>::of(false);
  c.memory_limit = Fact<uint64_t>::of(1 << 30);
  c.pids_limit = Fact<uint64_t>::of(100);
  c.networks = Fact<std::vector<NetworkAttachment>>::of({});
  c.network_neighbours = Fact<uint32_t>::of(0);
  return c;
}

inline ContainerFacts privileged_container(const std::string& name) {
  ContainerFacts c = plain_container(name);
  c.privileged = Fact<bool>::of(true, "inspect HostConfig.Privileged");
  c.processes[0].capabilities = Fact<CapabilitySets>::of({0, kAllCaps, kAllCaps, kAllCaps, 0});
  c.processes[0].seccomp = Fact<int>::of(0);
  c.processes[0].lsm_label = Fact<std::string>::of("unconfined");
  c.all_devices_allowed = Fact<bool>::of(true);
  for (auto& [path, writable] : c.kernel_path_writable) writable = Fact<bool>::of(true);
  return c;
}

// A patched host: a current kernel, cgroup v2, unprivileged bpf off, signatures not enforced.
inline HostFacts plain_host() {
  HostFacts h;
  h.hostname = "box";
  h.kernel_release = "6.12.5";
  h.hardware.vendor = "Maker";
  h.sysctls = {{"kernel.modules_disabled", Fact<std::string>::of("0")},
               {"kernel.kexec_load_disabled", Fact<std::string>::of("0")},
               {"kernel.unprivileged_bpf_disabled", Fact<std::string>::of("2")},
               {"user.max_user_namespaces", Fact<std::string>::of("31000")}};
  h.lockdown = Fact<std::string>::of("none");
  h.module_signatures_enforced = Fact<bool>::of(false);
  h.kernel_modules_supported = Fact<bool>::of(true);
  h.cgroup_version = Fact<int>::of(2);
  h.listeners = Fact<std::vector<Listener>>::of({});
  h.runtime_apis = Fact<std::vector<RuntimeApi>>::of({});
  h.metadata_dropped = Fact<bool>::of(false);
  h.reaches_outside = Fact<bool>::of(false);
  RuntimeFacts docker;
  docker.name = "docker";
  docker.version = "29.0.1";
  docker.component_versions = {{"containerd", "2.2.9"}, {"runc", "1.3.9"}};
  h.runtimes = {docker};
  return h;
}

inline AssetReport container_asset(ContainerFacts facts) {
  AssetReport a;
  a.asset.id.value = "docker:" + facts.name;
  a.asset.kind = AssetKind::container;
  a.asset.name = facts.name;
  a.asset.node = "box";
  a.asset.image = facts.name + ":1";
  a.container = std::move(facts);
  return a;
}

inline AssetReport host_asset(HostFacts facts) {
  AssetReport a;
  a.asset.id.value = "host:box";
  a.asset.kind = AssetKind::host;
  a.asset.name = "box";
  a.asset.node = "box";
  a.host = std::move(facts);
  return a;
}

inline Threat threat(const std::string& id, double severity, AttackVector vector, std::optional<double> epss,
                     const std::string& package = "", const std::string& fixed = "") {
  Threat t;
  t.id.value = id;
  t.severity.score = severity;
  t.severity.level = SeverityLevel::high;
  t.attack_vector = vector;
  t.epss = epss;
  t.fixed_version = fixed;
  if (!package.empty()) {
    Package p;
    p.type = PackageType::deb;
    p.ecosystem = "Debian:12";
    p.name = p.source_name = package;
    p.version = p.source_version = "1.0-1";
    t.package = p;
  }
  return t;
}

inline Flow flow(const std::string& from, const std::string& to, uint16_t port, bool seen) {
  Flow f;
  f.from.asset.value = from;
  f.to.asset.value = to;
  f.to.port = port;
  f.seen = seen;
  return f;
}

inline Flow from_wan(const std::string& to, uint16_t port, bool seen) {
  Flow f = flow("", to, port, seen);
  f.from.address = "203.0.113.9";
  f.from.wan = true;
  return f;
}

inline const AssetReport& find(const Report& report, const std::string& name) {
  for (const AssetReport& asset : report.assets) {
    if (asset.asset.name == name) return asset;
  }
  static const AssetReport kNone;
  return kNone;
}

inline bool has_route(const std::vector<RouteFinding>& routes, const std::string& id, bool assessed = true) {
  for (const RouteFinding& route : routes) {
    if (route.id == id && route.assessed == assessed) return true;
  }
  return false;
}

}  // namespace plimsoll::assess::fixture
