#include "probe/container/runtime_sockets.h"

#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace plimsoll::probe {
namespace {

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
  explicit Finder(const View& view) : view_(view) {}

  void look(const MountView& mounts) {
    for (const auto& mount : mounts.mounts) {
      if (mount.root != "/" && mount.fs_type != "nsfs") compare(mounts, mount.target);
      if (!view_.host.mounts.known()) continue;
      const auto places = system::visible_paths(*view_.host.mounts.value, mount);
      for (const auto& socket : view_.host.sockets) {
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
    for (const auto& socket : view_.host.sockets) {
      if (socket.stat.device != stat->device || socket.stat.inode != stat->inode) continue;
      found_.push_back({path, socket.runtime, usable(view_, mounts, *stat)});
    }
  }

  const View& view_;
  std::set<std::pair<int, std::string>> seen_;
  std::vector<RuntimeSocketFacts> found_;
  std::string unknown_;
};

}  // namespace

Fact<std::vector<RuntimeSocketFacts>> runtime_sockets(const View& view) {
  using Sockets = Fact<std::vector<RuntimeSocketFacts>>;
  const std::string source = "/proc/net/unix and " + proc_path(view.first_pid(), "root");
  if (view.mount_views.empty()) return Sockets::missing(view.mounts_unknown, source);
  Finder finder(view);
  view.gaps.merge(view.host.socket_gaps);
  for (const auto& mounts : view.mount_views) finder.look(mounts);
  auto found = finder.take();
  // A socket that was found counts even where others could not be looked for; none found is only believed after a whole
  // look.
  if (!found.empty()) return Sockets::of(std::move(found), source);
  for (const auto* reason :
       {&finder.unknown(), &view.host.sockets_unknown, &view.host.mounts.unknown, &view.mounts_unknown}) {
    if (!reason->empty()) return Sockets::missing(*reason, source);
  }
  return Sockets::of({}, source);
}

}  // namespace plimsoll::probe
