#include "probe/container/host_scan.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/text.h"
#include "system/connections.h"
#include "system/initial_namespaces.h"
#include "system/paths.h"

namespace plimsoll::probe {
namespace {

struct KnownPath {
  std::string_view path, runtime;
};
constexpr std::array<KnownPath, 15> kKnownPaths = {{
    {"/run/docker.sock", "docker"},
    {"/var/run/docker.sock", "docker"},
    {"/run/containerd/containerd.sock", "containerd"},
    {"/run/containerd/containerd.sock.ttrpc", "containerd"},
    {"/run/docker/containerd/containerd.sock", "containerd"},
    {"/run/k3s/containerd/containerd.sock", "containerd"},
    {"/run/crio/crio.sock", "cri-o"},
    {"/run/podman/podman.sock", "podman"},
    {"/run/buildkit/buildkitd.sock", "buildkit"},
    {"/run/cri-dockerd.sock", "cri-dockerd"},
    {"/var/snap/lxd/common/lxd/unix.socket", "lxd"},
    {"/var/snap/lxd/common/lxd-user/unix.socket", "lxd"},
    {"/var/lib/lxd/unix.socket", "lxd"},
    {"/var/lib/incus/unix.socket", "incus"},
    {"/run/incus/unix.socket", "incus"},
}};

// A listening socket elsewhere is told by the last part of its path...
constexpr std::array<KnownPath, 7> kKnownNames = {{
    {"docker.sock", "docker"},
    {"containerd.sock", "containerd"},
    {"containerd.sock.ttrpc", "containerd"},
    {"crio.sock", "cri-o"},
    {"podman.sock", "podman"},
    {"buildkitd.sock", "buildkit"},
    {"cri-dockerd.sock", "cri-dockerd"},
}};

// ...or by the program that listens (comm, cut at 15 bytes by the kernel).
constexpr std::array<KnownPath, 8> kKnownPrograms = {{
    {"dockerd", "docker"},
    {"containerd", "containerd"},
    {"crio", "cri-o"},
    {"podman", "podman"},
    {"buildkitd", "buildkit"},
    {"cri-dockerd", "cri-dockerd"},
    {"lxd", "lxd"},
    {"incusd", "incus"},
}};

template <size_t N>
std::string_view runtime_named(const std::array<KnownPath, N>& table, std::string_view name) {
  for (const auto& row : table) {
    if (row.path == name) return row.runtime;
  }
  return {};
}

class SocketFinder {
 public:
  SocketFinder(const system::Machine& machine, HostScan& scan) : machine_(machine), scan_(scan) {
    for (const auto& row : kKnownPaths) add(std::string(row.path), row.runtime);
    add_listening();
  }

 private:
  void add(const std::string& given, std::string_view runtime) {
    const auto path = system::resolve(machine_, given);
    const auto stat = machine_.stat(path, true);
    if (!stat.ok()) {
      if (stat.error().kind != ErrorKind::not_found) scan_.sockets_unknown = stat.error().to_string();
      return;
    }
    if (!S_ISSOCK(stat->mode)) return;
    const bool known = std::any_of(scan_.sockets.begin(), scan_.sockets.end(), [&](const HostSocket& s) {
      return s.stat.device == stat->device && s.stat.inode == stat->inode;
    });
    if (known) return;
    std::string name(runtime);
    if (stat->uid != 0) name = "rootless " + name;  // gives its user, not root
    scan_.sockets.push_back({std::move(name), path, *stat});
  }

  void add_listening() {
    auto text = machine_.read_file("/proc/1/net/unix", size_t{32} << 20);
    if (!text.ok()) text = machine_.read_file("/proc/self/net/unix", size_t{32} << 20);
    if (!text.ok()) {
      scan_.sockets_unknown = text.error().to_string();
      return;
    }
    const auto owners = sockets_of_runtimes();
    for (const auto& listener : system::parse_unix_listeners(*text)) {
      auto runtime = runtime_named(kKnownNames, std::string_view(listener.path).substr(listener.path.rfind('/') + 1));
      if (const auto owner = owners.find(listener.inode); runtime.empty() && owner != owners.end())
        runtime = owner->second;
      if (!runtime.empty()) add(listener.path, runtime);
    }
  }

  std::unordered_map<uint64_t, std::string_view> sockets_of_runtimes() {
    std::unordered_map<uint64_t, std::string_view> out;
    const auto names = machine_.list_directory("/proc");
    if (!names.ok()) return out;
    for (const auto& name : *names) {
      const auto pid = parse_uint(name);
      if (!pid || *pid > 0x7fffffff) continue;
      const auto comm = machine_.read_file("/proc/" + name + "/comm", 64);
      const auto runtime = comm.ok() ? runtime_named(kKnownPrograms, trim(*comm)) : std::string_view();
      if (runtime.empty()) continue;
      system::SocketOwners sockets;
      const auto read = system::add_socket_owners(machine_, static_cast<int>(*pid), sockets);
      if (!read.ok()) scan_.socket_gaps.add("sockets of " + std::string(runtime) + " at unusual paths", read.error());
      for (const auto& [inode, owner] : sockets) out.try_emplace(inode, runtime);
    }
    return out;
  }

  const system::Machine& machine_;
  HostScan& scan_;
};

}  // namespace

HostScan scan_host(const system::Machine& machine, const std::vector<runtime::Listed>& containers) {
  HostScan scan;
  scan.initial = system::initial_namespaces(machine);
  scan.mounts = system::host_mounts(machine, scan.initial);
  scan.processes = process_groups(machine, scan.process_gaps);
  SocketFinder(machine, scan);
  const bool all_told = std::all_of(containers.begin(), containers.end(),
                                    [](const runtime::Listed& listed) { return listed.facts.published.known(); });
  if (!all_told) scan.forwarded = read_forwarded_ports(machine, scan.processes);
  return scan;
}

}  // namespace plimsoll::probe
