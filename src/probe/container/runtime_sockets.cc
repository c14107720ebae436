#include "probe/container/runtime_sockets.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

#include "base/text.h"
#include "system/connections.h"

namespace plimsoll::probe {
namespace {

struct HostSocket {
  std::string runtime;
  std::string path;  // without symlinks
  system::FileStat stat;
};

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

// The host path with every symlink resolved; as given when that fails.
std::string resolve(const system::Machine& machine, const std::string& path) {
  std::string done, rest = path;
  for (int links = 0; links < 40 && !rest.empty();) {
    const size_t start = rest.find_first_not_of('/');
    if (start == std::string::npos) break;
    const size_t end = std::min(rest.find('/', start), rest.size());
    const std::string part = rest.substr(start, end - start);
    rest = rest.substr(end);
    if (part == ".") continue;
    if (part == "..") {
      done.resize(done.empty() ? 0 : done.rfind('/'));
      continue;
    }
    const auto target = machine.read_link(done + "/" + part);
    if (!target.ok()) {
      done += "/" + part;
      continue;
    }
    ++links;
    rest = *target + rest;
    if (target->starts_with('/'))
      done.clear();
    else
      rest = "/" + rest;
  }
  return done.empty() ? path : done;
}

class HostSockets {
 public:
  explicit HostSockets(const View& view) : view_(view) {
    for (const auto& row : kKnownPaths) add(std::string(row.path), row.runtime);
    add_listening();
  }
  const std::vector<HostSocket>& list() const { return list_; }
  const std::string& unknown() const { return unknown_; }

 private:
  void add(const std::string& given, std::string_view runtime) {
    const auto path = resolve(view_.machine, given);
    const auto stat = view_.machine.stat(path, true);
    if (!stat.ok()) {
      if (stat.error().kind != ErrorKind::not_found) unknown_ = stat.error().to_string();
      return;
    }
    if (!S_ISSOCK(stat->mode)) return;
    const bool known = std::any_of(list_.begin(), list_.end(), [&](const HostSocket& s) {
      return s.stat.device == stat->device && s.stat.inode == stat->inode;
    });
    if (known) return;
    std::string name(runtime);
    if (stat->uid != 0) name = "rootless " + name;  // gives its user, not root
    list_.push_back({std::move(name), path, *stat});
  }

  void add_listening() {
    auto text = view_.machine.read_file("/proc/1/net/unix", size_t{32} << 20);
    if (!text.ok()) text = view_.machine.read_file("/proc/self/net/unix", size_t{32} << 20);
    if (!text.ok()) {
      unknown_ = text.error().to_string();
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
    const auto names = view_.machine.list_directory("/proc");
    if (!names.ok()) return out;
    for (const auto& name : *names) {
      const auto pid = parse_uint(name);
      if (!pid || *pid > 0x7fffffff) continue;
      const auto comm = view_.machine.read_file("/proc/" + name + "/comm", 64);
      const auto runtime = comm.ok() ? runtime_named(kKnownPrograms, trim(*comm)) : std::string_view();
      if (runtime.empty()) continue;
      system::SocketOwners sockets;
      const auto read = system::add_socket_owners(view_.machine, static_cast<int>(*pid), sockets);
      if (!read.ok()) view_.gaps.add("sockets of " + std::string(runtime) + " at unusual paths", read.error());
      for (const auto& [inode, owner] : sockets) out.try_emplace(inode, runtime);
    }
    return out;
  }

  const View& view_;
  std::vector<HostSocket> list_;
  std::string unknown_;
};

constexpr uint64_t kDacOverride = uint64_t{1} << 1;

// connect(2) needs write permission on the socket (unix(7)).
Fact<bool> may_connect(const Process& process, const system::FileStat& socket) {
  const auto source = proc_path(process.pid(), "status");
  if (!process.facts.host_uid.known() || !process.status.file_system_gid) {
    return Fact<bool>::missing("the process's user cannot be read", source);
  }
  if (process.facts.lsm_label.known() && process.facts.lsm_label.value->find(":container_t:") != std::string::npos) {
    return Fact<bool>::missing("SELinux decides about container_t", process.facts.lsm_label.source);
  }
  const uint32_t uid = process.status.file_system_uid.value_or(*process.facts.host_uid.value);
  const auto& groups = process.status.groups;
  const bool in_group = *process.status.file_system_gid == socket.gid ||
                        std::find(groups.begin(), groups.end(), socket.gid) != groups.end();
  const uint32_t write = uid == socket.uid ? S_IWUSR : in_group ? S_IWGRP : S_IWOTH;
  if (socket.mode & write) return Fact<bool>::of(true, source + " Uid, Groups");
  const auto& capabilities = process.facts.capabilities;
  if (capabilities.known() && (capabilities.value->effective & kDacOverride) == 0) {
    return Fact<bool>::of(false, source + " Uid, Groups, CapEff");
  }
  if (process.host_user_namespace.is(false)) return Fact<bool>::of(false, process.host_user_namespace.source);
  if (!capabilities.known() || !process.host_user_namespace.known()) {
    return Fact<bool>::missing("capabilities or user namespace cannot be read", source);
  }
  return Fact<bool>::of(true, source + " CapEff: DAC_OVERRIDE");
}

Fact<bool> usable(const View& view, const MountView& mounts, const system::FileStat& socket) {
  Fact<bool> result = Fact<bool>::of(false, "modes and users of all processes");
  for (const size_t member : mounts.members) {
    const auto one = may_connect(view.processes[member], socket);
    if (one.is(true)) return one;
    if (!one.known()) result = one;
  }
  return result;
}

class Finder {
 public:
  Finder(const View& view, const HostSockets& host) : view_(view), host_(host) {}

  void look(const MountView& mounts) {
    for (const auto& mount : mounts.mounts) {
      if (mount.root != "/" && mount.fs_type != "nsfs") compare(mounts, mount.target);
      if (!view_.host_mounts.known()) continue;
      const auto places = system::visible_paths(*view_.host_mounts.value, mount);
      for (const auto& socket : host_.list()) {
        for (const auto& place : places) {
          if (!system::is_at_or_below(socket.path, place)) continue;
          const auto rest = std::string_view(socket.path).substr(place == "/" ? 0 : place.size());
          compare(mounts, system::join_below(mount.target, rest));
        }
      }
    }
  }
  std::vector<RuntimeSocketFacts> take() { return std::move(found_); }
  const std::string& unknown() const { return unknown_; }

 private:
  void compare(const MountView& mounts, const std::string& path) {
    if (!seen_.insert({mounts.pid, path}).second) return;
    const auto stat = stat_inside(view_.machine, mounts, path);
    if (!stat.ok()) {
      if (stat.error().kind == ErrorKind::denied || stat.error().kind == ErrorKind::unreachable) {
        unknown_ = stat.error().to_string();
        view_.gaps.add("runtime sockets inside", stat.error());
      }
      return;
    }
    for (const auto& socket : host_.list()) {
      if (socket.stat.device != stat->device || socket.stat.inode != stat->inode) continue;
      found_.push_back({path, socket.runtime, usable(view_, mounts, *stat)});
    }
  }

  const View& view_;
  const HostSockets& host_;
  std::set<std::pair<int, std::string>> seen_;
  std::vector<RuntimeSocketFacts> found_;
  std::string unknown_;
};

}  // namespace

Fact<std::vector<RuntimeSocketFacts>> runtime_sockets(const View& view) {
  using Sockets = Fact<std::vector<RuntimeSocketFacts>>;
  const std::string source = "/proc/net/unix and " + proc_path(view.first_pid(), "root");
  if (view.mount_views.empty()) return Sockets::missing(view.mounts_unknown, source);
  const HostSockets host(view);
  Finder finder(view, host);
  for (const auto& mounts : view.mount_views) finder.look(mounts);
  auto found = finder.take();
  // A socket that was found counts even where others could not be looked for; none found is only believed after a whole
  // look.
  if (!found.empty()) return Sockets::of(std::move(found), source);
  for (const auto* reason : {&finder.unknown(), &host.unknown(), &view.host_mounts.unknown, &view.mounts_unknown}) {
    if (!reason->empty()) return Sockets::missing(*reason, source);
  }
  return Sockets::of({}, source);
}

}  // namespace plimsoll::probe
