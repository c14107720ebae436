#include "probe/container/container_probe.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "probe/container/descriptors.h"
#include "probe/container/devices.h"
#include "probe/container/kernel_paths.h"
#include "probe/container/limits.h"
#include "probe/container/mount_facts.h"
#include "probe/container/network_facts.h"
#include "probe/container/process.h"
#include "probe/container/runtime_sockets.h"
#include "probe/container/secret_names.h"
#include "probe/container/view.h"

namespace plimsoll::probe {
namespace {

constexpr size_t kMaxMapped = 500'000;

void read_processes(View& view, const runtime::Listed& listed) {
  for (const int pid : member_pids(view.machine, view.host.processes, listed, view.host.initial, view.gaps)) {
    if (auto process = read_process(view.machine, pid, view.host.initial, view.gaps))
      view.processes.push_back(std::move(*process));
  }
  // The runtime's own first process in front: it is in the container's namespaces for sure, an exec'd one may not be.
  const auto first = std::find_if(view.processes.begin(), view.processes.end(),
                                  [&](const Process& p) { return p.pid() == listed.facts.pid; });
  if (first != view.processes.end()) std::rotate(view.processes.begin(), first, first + 1);
}

// Shared when any process shares it: a container is as open as its most open process.
Fact<bool> shares(const View& view, const std::string& name) {
  const auto host = view.host.initial.find(name);
  Fact<bool> result = Fact<bool>::of(false, proc_path(view.first_pid(), "ns/" + name));
  for (const auto& process : view.processes) {
    const auto& own = process.namespaces.at(name);
    if (name == "user" && !own.known()) {
      if (process.host_user_namespace.is(true)) return process.host_user_namespace;
      if (!process.host_user_namespace.known()) result = process.host_user_namespace;
    } else if (own.known() && host != view.host.initial.end() && host->second.known()) {
      if (*own.value == *host->second.value) return Fact<bool>::of(true, own.source);
    } else {
      result = Fact<bool>::missing(own.known() ? "the host's own cannot be read" : own.unknown, own.source);
    }
  }
  return result;
}

void fill_namespaces(const View& view, ContainerFacts& facts) {
  for (const auto& [name, inode] : view.processes.front().namespaces) {
    if (inode.known()) facts.namespace_inode[name] = *inode.value;
    // A kernel without such a namespace (time before 5.6) has nothing to share.
    const bool absent = !inode.known() && !view.host.initial.at(name).known() && name == "time";
    if (!absent) facts.host_namespace[name] = shares(view, name);
  }
}

void fill_secret_names(const View& view, ContainerFacts& facts) {
  std::set<std::string> names(facts.secret_variable_names.begin(), facts.secret_variable_names.end());
  for (const auto& process : view.processes) {
    const auto text = view.machine.read_file(proc_path(process.pid(), "environ"), size_t{4} << 20);
    if (text.ok()) {
      for (auto& name : secret_names(*text)) names.insert(std::move(name));
    } else if (text.error().kind != ErrorKind::not_found) {
      view.gaps.add("names of environment variables", text.error());
    }
  }
  facts.secret_variable_names.assign(names.begin(), names.end());
}

// The files whose code or data its processes have mapped, for "is this package loaded".
void fill_mapped(const View& view, ContainerProbe& out) {
  std::set<std::string> files;
  out.mapped_complete = !view.processes.empty();
  for (const auto& process : view.processes) {
    const auto text = view.machine.read_file(proc_path(process.pid(), "maps"), size_t{32} << 20);
    if (!text.ok()) {
      if (text.error().kind == ErrorKind::not_found) continue;
      out.mapped_complete = false;
      view.gaps.add("files its processes have loaded", text.error());
      continue;
    }
    for (auto& file : system::parse_maps(*text)) files.insert(std::move(file));
    std::string exe = process.facts.exe;
    if (exe.ends_with(" (deleted)")) exe.resize(exe.size() - 10);
    if (exe.starts_with('/')) files.insert(std::move(exe));
    if (files.size() > kMaxMapped) {
      out.mapped_complete = false;
      view.gaps.add("files its processes have loaded", "too many mapped files");
      break;
    }
  }
  out.mapped.assign(files.begin(), files.end());
}

// What these numbers would be about is the sandbox's own process or machine, not the workload in it.
void note_sandbox(const View& view) {
  for (const auto& process : view.processes) {
    const auto& name = process.facts.name;
    const bool gvisor = name.starts_with("runsc");
    const bool machine =
        name.starts_with("qemu-system") || name.starts_with("cloud-hyperviso") || name.starts_with("firecracker");
    if (gvisor || machine) {
      view.gaps.add("processes, capabilities and mounts of the workload",
                    std::string("it runs inside a sandbox (") + (gvisor ? "gVisor" : "virtual machine") +
                        "), whose own process is what the host sees");
      return;
    }
  }
}

template <class T>
void fill_reason(Fact<T>& fact, const std::string& reason) {
  if (!fact.known() && fact.unknown.empty()) fact.unknown = reason;
}

// Facts that only a runtime knows, when none answered for this container.
void fill_unanswered(ContainerFacts& facts) {
  const auto host_network = facts.host_namespace.find("net");
  if (!facts.published.known() && host_network != facts.host_namespace.end() && host_network->second.is(true)) {
    facts.published =
        Fact<std::vector<PublishedPort>>::of({}, "in the host's network: its listening ports are the host's");
  }
  const std::string reason = "no runtime told it";
  fill_reason(facts.privileged, reason);
  fill_reason(facts.rootless_runtime, reason);
  fill_reason(facts.user_configured, reason);
  fill_reason(facts.published, "which host ports lead to it is not read without its runtime");
  fill_reason(facts.networks, reason);
  fill_reason(facts.setuid_files, "its files have not been looked at");
}

void fill_from_kernel(const View& view, ContainerFacts& facts) {
  for (const auto& process : view.processes) facts.processes.push_back(process.facts);
  if (facts.pid <= 0) facts.pid = view.first_pid();
  fill_namespaces(view, facts);
  facts.mounts = mount_facts(view);
  facts.runtime_sockets = runtime_sockets(view);
  facts.kernel_path_writable = kernel_path_writable(view);
  facts.cgroup_v1_writable_at_top = cgroup_v1_writable_at_top(view);
  facts.kernel_memory_visible = kernel_memory_visible(view);
  facts.all_devices_allowed = all_devices_allowed(view, facts.privileged);
  facts.device_nodes = device_nodes(view);
  auto limit = limits(view);
  facts.memory_limit = std::move(limit.memory);
  facts.pids_limit = std::move(limit.pids);
  facts.cpu_limit = std::move(limit.cpu);
  facts.read_only_root = read_only_root(view);
  const auto descriptors = read_descriptors(view);
  facts.host_directory_fd = descriptors.host_directory;
  facts.listeners = listeners(view, facts.host_namespace["net"], descriptors);
  facts.reaches_outside = reaches_outside(view);
  if (!facts.published.known() && !facts.host_namespace["net"].is(true))
    facts.published = published_ports(view, facts.host_namespace["user"]);
  fill_secret_names(view, facts);
}

// Every fact of the kernel unknown for one reason: no process of the container can be seen.
void fill_nothing_seen(ContainerFacts& facts, const std::string& why) {
  for (const char* name : {"pid", "net", "ipc", "uts", "cgroup", "mnt", "user"}) {
    facts.host_namespace[name] = Fact<bool>::missing(why);
  }
  fill_reason(facts.mounts, why);
  fill_reason(facts.runtime_sockets, why);
  for (auto& [path, fact] : facts.kernel_path_writable) fill_reason(fact, why);
  fill_reason(facts.cgroup_v1_writable_at_top, why);
  fill_reason(facts.kernel_memory_visible, why);
  fill_reason(facts.all_devices_allowed, why);
  fill_reason(facts.device_nodes, why);
  fill_reason(facts.memory_limit, why);
  fill_reason(facts.pids_limit, why);
  fill_reason(facts.cpu_limit, why);
  fill_reason(facts.read_only_root, why);
  fill_reason(facts.host_directory_fd, why);
  fill_reason(facts.listeners, why);
  fill_reason(facts.reaches_outside, why);
}

}  // namespace

ContainerProbe probe_container(const system::Machine& machine, const HostScan& host, const runtime::Listed& listed) {
  ContainerProbe out;
  out.facts = listed.facts;
  out.facts.processes.clear();
  Gaps gaps = host.process_gaps;
  View view{machine, host, {}, {}, {}, gaps, {}};
  read_processes(view, listed);
  if (view.processes.empty()) {
    const std::string why = "none of its processes can be seen";
    gaps.add("everything the kernel tells", why, machine.effective_uid() == 0 ? "" : "run as root");
    view.mounts_unknown = why;
    out.facts.kernel_path_writable = kernel_path_writable(view);
    fill_nothing_seen(out.facts, why);
  } else {
    read_mount_views(view);
    view.sockets = system::read_sockets(machine, std::to_string(view.first_pid()));
    fill_from_kernel(view, out.facts);
    fill_mapped(view, out);
    note_sandbox(view);
    out.sockets = std::move(view.sockets);
  }
  fill_unanswered(out.facts);
  out.not_assessed =
      gaps.list("container " + printable(out.facts.name.empty() ? out.facts.id.value : out.facts.name, 200));
  return out;
}

ContainerProbe probe_container(const system::Machine& machine, const runtime::Listed& listed) {
  return probe_container(machine, scan_host(machine, {listed}), listed);
}

}  // namespace plimsoll::probe
