#include "probe/container/view.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>

#include "base/text.h"

namespace plimsoll::probe {
namespace {

constexpr size_t kMaxViews = 8;
constexpr size_t kMaxMounts = 2048;
constexpr size_t kMaxDepth = 256;

}  // namespace

void read_mount_views(View& view) {
  std::map<uint64_t, size_t> by_namespace;
  for (size_t i = 0; i < view.processes.size(); ++i) {
    const auto& process = view.processes[i];
    const auto& space = process.namespaces.at("mnt");
    if (space.known()) {
      if (const auto found = by_namespace.find(*space.value); found != by_namespace.end()) {
        view.mount_views[found->second].members.push_back(i);
        continue;
      }
    } else if (!view.mount_views.empty()) {
      view.mount_views.front().members.push_back(
          i);  // unreadable link: taken for the first process's, as noted in gaps
      continue;
    }
    if (view.mount_views.size() == kMaxViews) {
      view.mounts_unknown = "more mount namespaces in one container than are looked at";
      view.gaps.add("mounts of some processes", view.mounts_unknown);
      continue;
    }
    const auto path = proc_path(process.pid(), "mountinfo");
    const auto text = view.machine.read_file(path, size_t{16} << 20);
    if (!text.ok()) {
      if (text.error().kind == ErrorKind::not_found && !view.mount_views.empty()) continue;  // ended meanwhile
      view.mounts_unknown = text.error().to_string();
      view.gaps.add("mounts", text.error());
      continue;
    }
    auto table = system::parse_mountinfo(*text);
    if (table.mounts.size() > kMaxMounts) table.mounts.resize(kMaxMounts), table.complete = false;
    if (!table.complete || table.mounts.empty()) {
      view.mounts_unknown = path + ": not all lines could be taken";
      view.gaps.add("some mounts", "the mount table is too long or breaks its format");
    }
    if (table.mounts.empty()) continue;
    if (space.known()) by_namespace[*space.value] = view.mount_views.size();
    view.mount_views.push_back({std::move(table.mounts), {i}, process.pid()});
  }
}

bool may_hang(const std::string& fs_type) {
  for (const char* prefix :
       {"fuse", "nfs", "cifs", "smb", "9p", "ceph", "afs", "glusterfs", "autofs", "lustre", "virtiofs"}) {
    if (fs_type.starts_with(prefix) && fs_type != "fusectl") return true;
  }
  return false;
}

Result<system::FileStat> stat_inside(const system::Machine& machine, const MountView& view, const std::string& path) {
  const std::string root = proc_path(view.pid, "root");
  std::string walked;
  const auto parts = split(path, '/');
  if (parts.size() > kMaxDepth) return Error{ErrorKind::limit, "path too deep", printable(path)};
  Result<system::FileStat> last = machine.stat(root, true);
  for (const auto part : parts) {
    if (part.empty()) continue;
    if (part == "." || part == "..") return Error{ErrorKind::malformed, "path steps upwards", printable(path)};
    if (!last.ok()) return last;
    if (!S_ISDIR(last->mode)) return Error{ErrorKind::not_found, "not below a directory", printable(path)};
    walked.append("/").append(part);
    const auto* mount = system::covering_mount(view.mounts, walked);
    if (mount && may_hang(mount->fs_type)) {
      return Error{ErrorKind::unsupported,
                   "lies on a file system that may hang (" + printable(mount->fs_type, 40) + ")", printable(path)};
    }
    last = machine.stat(root + walked, false);
  }
  return last;
}

}  // namespace plimsoll::probe
