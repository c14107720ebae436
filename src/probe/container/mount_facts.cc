#include "probe/container/mount_facts.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>

namespace plimsoll::probe {
namespace {

using system::Mount;

struct OwnPlace {
  std::string_view fs_type, place;
};
// Mounted afresh by every runtime: no host directory is behind them.
constexpr std::array<OwnPlace, 6> kOwnPlaces = {{{"proc", "/proc"},
                                                 {"sysfs", "/sys"},
                                                 {"cgroup", "/sys"},
                                                 {"cgroup2", "/sys"},
                                                 {"devpts", "/dev/pts"},
                                                 {"mqueue", "/dev/mqueue"}}};
// Bound one by one where a user namespace forbids mknod.
constexpr std::array<std::string_view, 7> kDefaultNodes = {"/dev/null",    "/dev/zero", "/dev/full",   "/dev/random",
                                                           "/dev/urandom", "/dev/tty",  "/dev/console"};

bool is_own(const Mount& mount) {
  return std::any_of(kOwnPlaces.begin(), kOwnPlaces.end(), [&](const OwnPlace& row) {
    return mount.fs_type == row.fs_type && system::is_at_or_below(mount.target, row.place);
  });
}

std::vector<std::string> host_paths(const View& view, const Mount& mount) {
  if (!view.host.mounts.known() || is_own(mount)) return {};
  auto paths = system::visible_paths(*view.host.mounts.value, mount);
  std::erase_if(paths, [&](const std::string& path) {
    if (mount.target == "/") return path != "/";
    return std::find(kDefaultNodes.begin(), kDefaultNodes.end(), path) != kDefaultNodes.end();
  });
  return paths;
}

bool is_shared_with_host(const View& view, const Mount& mount) {
  if (!mount.peer_group) return false;
  if (!view.host.mounts.known()) return true;
  return std::any_of(view.host.mounts.value->begin(), view.host.mounts.value->end(),
                     [&](const Mount& host) { return host.peer_group == mount.peer_group; });
}

// Kind, owner and mode of what is mounted. A whole file system has a directory at its root.
void look_at(const View& view, const MountView& mounts, const Mount& mount, MountFacts& facts) {
  if (mount.fs_type == "nsfs") return;
  const auto stat = stat_inside(view.machine, mounts, mount.target);
  const std::string source = proc_path(mounts.pid, "root") + mount.target;
  if (!stat.ok()) {
    facts.owner = facts.mode = Fact<uint32_t>::missing(stat.error().message, source);
    if (mount.root != "/" && stat.error().kind != ErrorKind::not_found)
      view.gaps.add("kind of some mounts", stat.error());
    return;
  }
  facts.is_socket = S_ISSOCK(stat->mode);
  facts.owner = Fact<uint32_t>::of(stat->uid, source);
  facts.mode = Fact<uint32_t>::of(stat->mode, source);
}

// The facts of one mount, once for every place of the host that shows it.
void add_mount(const View& view, const MountView& mounts, const Mount& mount, std::vector<MountFacts>& out) {
  MountFacts facts;
  facts.target = mount.target;
  facts.fs_type = mount.fs_type;
  facts.read_only = !mount.writable();
  facts.shared_with_host = is_shared_with_host(view, mount);
  auto paths = host_paths(view, mount);
  if (!paths.empty() || mount.root != "/") look_at(view, mounts, mount, facts);
  if (paths.empty()) paths.emplace_back();
  for (auto& path : paths) {
    facts.host_path = std::move(path);
    if (std::find(out.begin(), out.end(), facts) == out.end()) out.push_back(facts);
  }
}

}  // namespace

Fact<std::vector<MountFacts>> mount_facts(const View& view) {
  using Mounts = Fact<std::vector<MountFacts>>;
  if (view.mount_views.empty()) return Mounts::missing(view.mounts_unknown, "mountinfo");
  if (!view.host.mounts.known()) {
    view.gaps.add("host paths of mounts", "the host's own mounts cannot be read: " + view.host.mounts.unknown,
                  "run as root");
    return Mounts::missing("mounts cannot be traced to the host: " + view.host.mounts.unknown, view.host.mounts.source);
  }
  std::vector<MountFacts> out;
  for (const auto& mounts : view.mount_views) {
    for (const auto& mount : mounts.mounts) add_mount(view, mounts, mount, out);
  }
  return Mounts::of(std::move(out), proc_path(view.first_pid(), "mountinfo"));
}

Fact<bool> read_only_root(const View& view) {
  if (view.mount_views.empty()) return Fact<bool>::missing(view.mounts_unknown, "mountinfo");
  const auto& mounts = view.mount_views.front();
  const auto* root = system::covering_mount(mounts.mounts, "/");
  const auto source = proc_path(mounts.pid, "mountinfo");
  if (!root) return Fact<bool>::missing("no mount at /", source);
  return Fact<bool>::of(!root->writable(), source);
}

Fact<bool> cgroup_v1_writable_at_top(const View& view) {
  if (view.mount_views.empty()) return Fact<bool>::missing(view.mounts_unknown, "mountinfo");
  for (const auto& mounts : view.mount_views) {
    for (const auto& mount : mounts.mounts) {
      const bool top = mount.root == "/" || mount.root.starts_with("/..");
      if (mount.fs_type == "cgroup" && mount.writable() && top &&
          system::covering_mount(mounts.mounts, mount.target) == &mount) {
        return Fact<bool>::of(true, proc_path(mounts.pid, "mountinfo") + ": " + mount.target);
      }
    }
  }
  if (!view.mounts_unknown.empty()) return Fact<bool>::missing(view.mounts_unknown, "mountinfo");
  return Fact<bool>::of(false, proc_path(view.first_pid(), "mountinfo"));
}

}  // namespace plimsoll::probe
