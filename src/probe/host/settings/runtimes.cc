#include <algorithm>

#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/reading.h"
#include "system/proc_status.h"

namespace plimsoll::probe::settings {
namespace {

bool exists(const Context& context, const std::string& path) { return context.machine.stat(path, true).ok(); }

bool has_flag(const Context& context, std::string_view program, std::string_view flag) {
  return std::any_of(context.processes.begin(), context.processes.end(), [&](const Process& process) {
    return process.name == program && std::any_of(process.arguments.begin(), process.arguments.end(),
                                                  [&](const std::string& a) { return a == flag; });
  });
}

// Interfaces that bridge containers: docker0, br-ID of Docker, cni0, podmanN, cbr0.
FactTree bridges(const Context& context) {
  const std::string base = "/sys/class/net";
  const auto names = context.machine.list_directory(base, 100'000);
  if (!names.ok()) return from_error(names.error(), base);
  std::vector<std::string> out;
  for (const std::string& name : *names) {
    const bool named = name == "docker0" || name.starts_with("br-") || name.starts_with("cni") ||
                       name.starts_with("podman") || name == "cbr0" || name.starts_with("virbr") ||
                       name.starts_with("lxdbr") || name.starts_with("incusbr");
    if (named) out.push_back(name);
  }
  return FactTree::texts_of(out, base);
}

// Processes of containers that run without a system call filter.
FactTree without_seccomp(const Context& context) {
  int64_t count = 0;
  for (const Process& process : context.processes) count += process.in_container && process.seccomp == 0 ? 1 : 0;
  if (count == 0 && !context.processes_unknown.empty()) return FactTree::unknown_because(context.processes_unknown);
  return FactTree::of(count, "/proc/*/status");
}

bool maps_users(const Context& context, int pid) {
  const auto map = context.machine.read_file("/proc/" + std::to_string(pid) + "/uid_map", 4096);
  return map.ok() && !system::is_identity_map(*map) && !trim(*map).empty();
}

// Whether user namespaces serve somebody here: rootless runtimes, remapped or Kubernetes user namespaces.
FactTree user_namespaces_in_use(const Context& context, const FactTree& docker) {
  if (docker.at("userns-remap").kind == FactTree::Kind::text && !docker.at("userns-remap").text.empty())
    return FactTree::of(true, "/etc/docker/daemon.json");
  for (const Process& process : context.processes) {
    const bool helper = process.name == "rootlesskit" || process.name == "slirp4netns" || process.name == "pasta" ||
                        process.name == "pasta.avx2";
    if (helper || (process.in_container && maps_users(context, process.pid)))
      return FactTree::of(true, "/proc/" + std::to_string(process.pid));
  }
  if (exists(context, "/etc/subuid") && exists(context, "/usr/bin/podman")) {
    const auto text = context.machine.read_file("/etc/subuid", size_t{1} << 20);
    if (text.ok() && !config_lines(*text).empty()) return FactTree::of(true, "/etc/subuid and podman");
  }
  if (!context.processes_unknown.empty()) return FactTree::unknown_because(context.processes_unknown);
  return FactTree::of(false, "/proc");
}

}  // namespace

FactTree read_runtimes(const Context& context) {
  const FactTree& docker = context.engine_files.docker;
  const bool has_docker =
      exists(context, "/run/docker.sock") || exists(context, "/var/lib/docker") || exists(context, "/usr/bin/dockerd");
  const bool any = has_docker || exists(context, "/run/containerd/containerd.sock") ||
                   exists(context, "/run/crio/crio.sock") || exists(context, "/usr/bin/podman") ||
                   exists(context, "/usr/bin/containerd");
  const auto switched_off = [&](const std::string& name) {
    if (docker.kind == FactTree::Kind::unknown) return docker;
    const FactTree& set = docker.at(name);
    return FactTree::of(
        (set.kind == FactTree::Kind::boolean && !set.boolean) || has_flag(context, "dockerd", "--" + name + "=false"),
        docker.source);
  };
  return FactTree::map_of({{"any", FactTree::of(any)},
                           {"docker", FactTree::of(has_docker)},
                           {"bridges", bridges(context)},
                           {"container_processes_without_seccomp", without_seccomp(context)},
                           {"user_namespaces_in_use", user_namespaces_in_use(context, docker)},
                           {"docker_isolates_bridge", switched_off("icc")},
                           {"docker_iptables_off", switched_off("iptables")},
                           {"network_agent", runs(context, {"cilium-agent"})}});
}

}  // namespace plimsoll::probe::settings
