#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {
namespace {

constexpr std::array kPlaces = {"/",
                                "/tmp",
                                "/var/tmp",
                                "/dev/shm",
                                "/home",
                                "/var",
                                "/var/log",
                                "/var/log/audit",
                                "/boot",
                                "/boot/efi",
                                "/efi",
                                "/proc",
                                "/sys/kernel/debug",
                                "/sys/kernel/tracing"};
constexpr std::array kDataRoots = {"/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/kubelet"};
constexpr std::array<std::string_view, 8> kRemote = {"nfs",   "nfs4", "cifs",      "smb3",
                                                     "smbfs", "ceph", "glusterfs", "afs"};
constexpr std::array kSystem = {"/etc", "/usr", "/bin", "/sbin", "/lib", "/lib64"};

FactTree describe_mount(const system::Mount& mount) {
  Members out = {{"target", FactTree::of(mount.target)},
                 {"type", FactTree::of(mount.fs_type)},
                 {"device", FactTree::of(mount.device)},
                 {"source", FactTree::of(mount.source)},
                 {"nodev", FactTree::of(mount.nodev)},
                 {"nosuid", FactTree::of(mount.nosuid)},
                 {"noexec", FactTree::of(mount.noexec)},
                 {"read_only", FactTree::of(!mount.writable())},
                 {"options", FactTree::texts_of(mount.super_options)},
                 {"shared", FactTree::of(mount.peer_group.has_value())}};
  return FactTree::map_of(std::move(out), "/proc/1/mountinfo");
}

const system::Mount* mounted_at(const Context& context, std::string_view target) {
  const system::Mount* out = nullptr;
  for (const system::Mount& mount : context.mounts) {
    if (mount.target == target) out = &mount;  // the last one lies on top
  }
  return out;
}

int64_t percent(uint64_t free, uint64_t all) {
  return all == 0 ? 100 : static_cast<int64_t>(static_cast<long double>(free) * 100 / static_cast<long double>(all));
}

// A data root's own file system against those of / and /var/log, its options, and what is left of it.
FactTree describe_data_root(const Context& context, const std::string& path) {
  if (!context.machine.stat(path, true).ok()) return {};
  const std::string target = resolve(context.machine, path);
  const system::Mount* mount = system::covering_mount(context.mounts, target);
  const system::Mount* root = system::covering_mount(context.mounts, "/");
  const system::Mount* log = system::covering_mount(context.mounts, "/var/log");
  if (mount == nullptr || root == nullptr || log == nullptr)
    return FactTree::unknown_because("its mount is not in the table", "/proc/1/mountinfo");
  Members out = {{"path", FactTree::of(path)},
                 {"mount", describe_mount(*mount)},
                 {"own_file_system", FactTree::of(mount->device != root->device && mount->device != log->device)}};
  const auto space = context.machine.space(target);
  if (space.ok()) {
    out["free_percent"] = FactTree::of(percent(space->available_bytes, space->bytes), "statvfs " + path);
    out["free_inodes_percent"] = FactTree::of(percent(space->free_inodes, space->inodes), "statvfs " + path);
  } else {
    out["free_percent"] = out["free_inodes_percent"] = FactTree::unknown_because(space.error().message, path);
  }
  return FactTree::map_of(std::move(out), "/proc/1/mountinfo");
}

// Mounts on the system's own directories, or on single files in them, that come from another place of the tree.
bool hides_system(const system::Mount& mount) {
  if (mount.fs_type == "squashfs" || mount.fs_type == "autofs") return false;  // snaps, automounts
  if (mount.target.starts_with("/run/credentials") || mount.target.starts_with("/usr/lib/modules")) return false;
  for (const char* place : kSystem) {
    if (mount.target == place || mount.target.starts_with(std::string(place) + "/")) return true;
  }
  return false;
}

bool inside_pods(const system::Mount& mount) { return mount.target.starts_with("/var/lib/kubelet/pods/"); }

bool encrypted(const system::Machine& machine, const system::Mount& mount) {
  const auto uuid = machine.read_file("/sys/dev/block/" + mount.device + "/dm/uuid", 4096);
  return uuid.ok() && uuid->starts_with("CRYPT-");
}

// Disk file systems, each device once, and whether a dm-crypt device lies under them.
FactTree list_disks(const Context& context) {
  static constexpr std::array<std::string_view, 5> kDiskTypes = {"ext4", "xfs", "btrfs", "ext3", "f2fs"};
  std::vector<FactTree> out;
  std::set<std::string> seen;
  for (const system::Mount& mount : context.mounts) {
    const bool disk = std::find(kDiskTypes.begin(), kDiskTypes.end(), mount.fs_type) != kDiskTypes.end();
    if (!disk || mount.target == "/boot" || !seen.insert(mount.device).second) continue;
    out.push_back(FactTree::map_of({{"target", FactTree::of(mount.target)},
                                    {"source", FactTree::of(mount.source)},
                                    {"encrypted", FactTree::of(encrypted(context.machine, mount))}},
                                   "/sys/dev/block/" + mount.device + "/dm/uuid"));
  }
  return FactTree::list_of(std::move(out));
}

FactTree list_if(const Context& context, bool (*wanted)(const system::Mount&)) {
  std::vector<FactTree> out;
  for (const system::Mount& mount : context.mounts) {
    if (wanted(mount) && out.size() < 1000) out.push_back(describe_mount(mount));
  }
  return FactTree::list_of(std::move(out), "/proc/1/mountinfo");
}

bool is_remote(const system::Mount& mount) {
  return std::find(kRemote.begin(), kRemote.end(), mount.fs_type) != kRemote.end() && !inside_pods(mount);
}

// debugfs and tracefs seen at another place than their own.
bool is_stray_debug(const system::Mount& mount) {
  return (mount.fs_type == "debugfs" || mount.fs_type == "tracefs") && !mount.target.starts_with("/sys/");
}

FactTree read_debug(const Context& context) {
  std::vector<FactTree> roots;
  for (const char* path : {"/sys/kernel/debug", "/sys/kernel/tracing"}) {
    if (mounted_at(context, path) == nullptr) continue;
    roots.push_back(describe_file(context, path));
  }
  return FactTree::map_of(
      {{"roots", FactTree::list_of(std::move(roots))}, {"stray", list_if(context, is_stray_debug)}});
}

FactTree read_hidepid(const Context& context) {
  const system::Mount* proc = mounted_at(context, "/proc");
  if (proc == nullptr) return {};
  for (const std::string& option : proc->super_options) {
    if (option.starts_with("hidepid=")) return FactTree::of(option.substr(8), "/proc/1/mountinfo");
  }
  return FactTree::of("0", "/proc/1/mountinfo");
}

}  // namespace

FactTree read_mounts(const Context& context) {
  if (!context.mounts_unknown.empty()) return FactTree::unknown_because(context.mounts_unknown, "/proc/1/mountinfo");
  Members at;
  for (const char* place : kPlaces) {
    const system::Mount* mount = mounted_at(context, place);
    if (mount != nullptr) at[place] = describe_mount(*mount);
  }
  std::vector<FactTree> roots;
  std::set<std::string> paths = context.data_roots;
  paths.insert(kDataRoots.begin(), kDataRoots.end());
  for (const std::string& path : paths) {
    FactTree root = describe_data_root(context, path);
    if (root.kind != FactTree::Kind::absent) roots.push_back(std::move(root));
  }
  return FactTree::map_of({{"at", FactTree::map_of(std::move(at))},
                           {"data_roots", FactTree::list_of(std::move(roots))},
                           {"remote", list_if(context, is_remote)},
                           {"over_system", list_if(context, hides_system)},
                           {"debug", read_debug(context)},
                           {"hidepid", read_hidepid(context)},
                           {"disks", list_disks(context)}},
                          "/proc/1/mountinfo");
}

}  // namespace plimsoll::probe::settings
