#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <deque>
#include <set>

#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/file_capabilities.h"
#include "probe/host/settings/reading.h"
#include "probe/host/settings/shadow.h"

namespace plimsoll::probe::settings {
namespace {

constexpr size_t kMaxEntries = 5'000'000, kMaxFindings = 200, kMaxDepth = 128, kClockEvery = 512;

// Directories of containers' own content: reported with the containers.
constexpr std::array kStores = {"/var/lib/docker",
                                "/var/lib/containerd",
                                "/var/lib/containers",
                                "/var/lib/kubelet/pods",
                                "/var/lib/lxc",
                                "/var/lib/lxd",
                                "/var/lib/incus",
                                "/var/lib/rancher",
                                "/var/lib/k0s",
                                "/snap",
                                "/var/lib/snapd/snap",
                                "/proc",
                                "/sys",
                                "/run/containerd",
                                "/run/docker"};
// Walked first: what matters most is seen before the time is up.
constexpr std::array kFirst = {"/usr/bin", "/usr/sbin",        "/usr/local",   "/etc", "/tmp",  "/var/tmp",
                               "/dev",     "/usr/lib/openssh", "/usr/libexec", "/opt", "/home", "/root"};
constexpr std::array<std::string_view, 12> kDiskTypes = {"ext2", "ext3", "ext4",  "xfs",      "btrfs", "f2fs",
                                                         "zfs",  "vfat", "tmpfs", "devtmpfs", "jfs",   "bcachefs"};

// Set-id programs that distributions ship, by name; Debian 12's own list was taken from a clean root.
constexpr std::array<std::string_view, 52> kExpected = {"chfn",
                                                        "chsh",
                                                        "gpasswd",
                                                        "mount",
                                                        "newgrp",
                                                        "passwd",
                                                        "su",
                                                        "umount",
                                                        "sudo",
                                                        "ssh-keysign",
                                                        "dbus-daemon-launch-helper",
                                                        "polkit-agent-helper-1",
                                                        "fusermount3",
                                                        "fusermount",
                                                        "pkexec",
                                                        "newuidmap",
                                                        "newgidmap",
                                                        "ntfs-3g",
                                                        "exim4",
                                                        "mount.nfs",
                                                        "mount.cifs",
                                                        "chage",
                                                        "expiry",
                                                        "unix_chkpwd",
                                                        "ssh-agent",
                                                        "utempter",
                                                        "crontab",
                                                        "dotlockfile",
                                                        "postdrop",
                                                        "postqueue",
                                                        "wall",
                                                        "write.ul",
                                                        "write",
                                                        "bsd-write",
                                                        "snap-confine",
                                                        "pam_extrausers_chkpwd",
                                                        "at",
                                                        "pam_timestamp_check",
                                                        "userhelper",
                                                        "grub2-set-bootflag",
                                                        "locate",
                                                        "plocate",
                                                        "mlocate",
                                                        "Xorg.wrap",
                                                        "bbsuid",
                                                        "doas",
                                                        "sg",
                                                        "staprun",
                                                        "ping",
                                                        "ping6",
                                                        "sudoedit",
                                                        "vmware-user-suid-wrapper"};
constexpr std::array<std::string_view, 8> kExpectedCaps = {"ping",      "newuidmap",  "newgidmap",      "arping",
                                                           "clockdiff", "mtr-packet", "gst-ptp-helper", "dumpcap"};

bool in_system(std::string_view path) {
  return path.starts_with("/usr/bin/") || path.starts_with("/usr/sbin/") || path.starts_with("/usr/lib") ||
         path.starts_with("/bin/") || path.starts_with("/sbin/") || path.starts_with("/lib");
}

bool in_temporary(std::string_view path) {
  return path.starts_with("/tmp/") || path.starts_with("/var/tmp/") || path.starts_with("/dev/shm/") ||
         path.starts_with("/home/") || path.starts_with("/run/user/");
}

// Places whose files decide what root runs.
bool is_sensitive(std::string_view path) {
  return in_system(path) || path.starts_with("/etc/") || path.starts_with("/usr/") ||
         path.starts_with("/var/spool/cron/");
}

// Where rootless engines keep their users' containers.
bool is_store_of_user(std::string_view path) {
  return path.ends_with("/.local/share/containers") || path.ends_with("/.local/share/docker");
}

class Walk {
 public:
  explicit Walk(const Context& context) : context_(context) {
    for (const User& user : context.users) {
      if (user.uid) uids_.insert(*user.uid);
    }
    for (const Group& group : context.groups) {
      if (group.gid) gids_.insert(*group.gid);
    }
    read_ranges("/etc/subuid");
    read_ranges("/etc/subgid");
    for (const char* store : kStores) skip_.insert(store);
    for (const std::string& store : context.data_roots) {
      // Who keeps images in /usr or above it does not hide the rest of it.
      const bool above = std::any_of(kFirst.begin(), kFirst.end(),
                                     [&](const char* path) { return system::is_at_or_below(path, store); });
      if (!above) skip_.insert(store);
    }
    for (const system::Mount& mount : context.mounts) {
      const bool disk = std::find(kDiskTypes.begin(), kDiskTypes.end(), mount.fs_type) != kDiskTypes.end();
      if (!disk && mount.target != "/") skip_.insert(mount.target);
      if (mount.nosuid) nosuid_.push_back(mount.target);
    }
  }

  FactTree run() {
    // One list: the important places, then the root; what was walked is not walked again.
    for (const char* place : kFirst) walk_below(place);
    walk_below("/");
    return result();
  }

 private:
  struct Place {
    std::string path;
    size_t depth;
  };

  void read_ranges(const std::string& path) {
    const auto text = context_.machine.read_file(path, size_t{1} << 20);
    for (IdRange& range : parse_subids(text_or_none(text))) ranges_.push_back(std::move(range));
  }

  bool out_of_time() {
    if (!unknown_.empty()) return true;
    if (++entries_ > kMaxEntries) unknown_ = "more than " + std::to_string(kMaxEntries) + " files";
    if (entries_ % kClockEvery == 0 && std::chrono::steady_clock::now() > context_.deadline)
      unknown_ = "time bound met after " + std::to_string(entries_) + " files";
    return !unknown_.empty();
  }

  void walk_below(const std::string& start) {
    if (!unknown_.empty() || done_.contains(start) || skip_.contains(start)) return;
    const auto stat = context_.machine.stat(start, false);
    if (!stat.ok() || !S_ISDIR(stat->mode)) return;
    std::vector<Place> stack = {{start, 0}};
    if (start != "/") done_.insert(start);
    while (!stack.empty()) {
      const Place place = std::move(stack.back());
      stack.pop_back();
      const auto names = context_.machine.list_directory(place.path);
      if (!names.ok()) {
        if (names.error().kind != ErrorKind::not_found) unreadable_ = names.error().to_string();
        continue;
      }
      for (const std::string& name : *names) {
        if (out_of_time()) return;
        const std::string path = (place.path == "/" ? "" : place.path) + "/" + name;
        const auto entry = context_.machine.stat(path, false);
        if (!entry.ok()) continue;
        if (!S_ISDIR(entry->mode)) {
          look_at(path, *entry);
          continue;
        }
        if (skip_.contains(path) || is_store_of_user(path)) continue;
        if (done_.contains(path)) continue;
        look_at(path, *entry);
        if (place.depth < kMaxDepth) stack.push_back({path, place.depth + 1});
      }
    }
  }

  void look_at(const std::string& path, const system::FileStat& stat) {
    if (S_ISLNK(stat.mode) || S_ISSOCK(stat.mode)) return;
    const bool regular = S_ISREG(stat.mode);
    if (regular && (stat.mode & (S_ISUID | S_ISGID)) != 0 && (stat.mode & 0111) != 0) add_set_id(path, stat);
    if (regular && (stat.mode & 0111) != 0) add_capabilities(path);
    if ((regular || S_ISDIR(stat.mode)) && (stat.mode & 0002) != 0 &&
        !(S_ISDIR(stat.mode) && (stat.mode & S_ISVTX) != 0))
      add(S_ISDIR(stat.mode) ? open_directories_ : open_files_, path, stat);
    if (!known(stat)) add(unowned_, path, stat);
    if (regular) add_hidden(path, stat);
  }

  bool known(const system::FileStat& stat) const {
    const auto in_range = [&](uint64_t id) {
      return std::any_of(ranges_.begin(), ranges_.end(),
                         [&](const IdRange& range) { return id >= range.first && id - range.first < range.count; });
    };
    return (uids_.contains(stat.uid) || in_range(stat.uid)) && (gids_.contains(stat.gid) || in_range(stat.gid));
  }

  void add(std::vector<FactTree>& to, const std::string& path, const system::FileStat& stat, Members more = {}) {
    if (to.size() >= kMaxFindings) return;
    more["path"] = FactTree::of(path);
    more["mode"] = FactTree::of(int64_t{stat.mode & 07777});
    more["uid"] = FactTree::of(int64_t{stat.uid});
    more["gid"] = FactTree::of(int64_t{stat.gid});
    more["sensitive"] = FactTree::of(is_sensitive(path));
    more["temporary"] = FactTree::of(in_temporary(path));
    to.push_back(FactTree::map_of(std::move(more), path));
  }

  void add_set_id(const std::string& path, const system::FileStat& stat) {
    const bool listed = std::find(kExpected.begin(), kExpected.end(), base_name(path)) != kExpected.end();
    const bool off = std::any_of(nosuid_.begin(), nosuid_.end(),
                                 [&](const std::string& target) { return system::is_at_or_below(path, target); });
    add(set_id_, path, stat,
        {{"expected", FactTree::of(listed && in_system(path))},
         {"root", FactTree::of((stat.mode & S_ISUID) != 0 && stat.uid == 0)},
         {"nosuid_mount", FactTree::of(off)}});
  }

  void add_capabilities(const std::string& path) {
    const auto value = context_.machine.extended_attribute(path, "security.capability");
    if (!value.ok()) return;
    const auto names = parse_file_capabilities(*value);
    if (names.empty()) return;
    const auto stat = context_.machine.stat(path, false);
    const bool listed = std::find(kExpectedCaps.begin(), kExpectedCaps.end(), base_name(path)) != kExpectedCaps.end();
    if (stat.ok()) {
      add(capabilities_, path, *stat,
          {{"capabilities", FactTree::texts_of(names)}, {"expected", FactTree::of(listed && in_system(path))}});
    }
  }

  // Programs in places for temporary files that a service's account owns; regular files in /dev.
  void add_hidden(const std::string& path, const system::FileStat& stat) {
    const bool temporary = path.starts_with("/tmp/") || path.starts_with("/var/tmp/") ||
                           path.starts_with("/dev/shm/") || path.starts_with("/run/user/");
    const bool service = stat.uid > 0 && stat.uid < 1000;
    if (temporary && service && (stat.mode & 0111) != 0) add(hidden_, path, stat);
    if (path.starts_with("/dev/") && !path.starts_with("/dev/shm/") && !path.starts_with("/dev/mqueue/"))
      add(hidden_, path, stat);
  }

  // A finding stands whatever was not seen; without one, an unfinished walk tells nothing.
  FactTree list(std::vector<FactTree>& findings) {
    const std::string& why = unknown_.empty() ? unreadable_ : unknown_;
    if (!why.empty()) findings.push_back(FactTree::unknown_because(why, "walk"));
    return FactTree::list_of(std::move(findings), "walk over the host's file systems");
  }

  FactTree result() {
    FactTree unowned = list(unowned_);
    if (!context_.users_unknown.empty() || !context_.groups_unknown.empty())
      unowned = FactTree::unknown_because(context_.users_unknown + context_.groups_unknown);
    return FactTree::map_of({{"set_id", list(set_id_)},
                             {"capabilities", list(capabilities_)},
                             {"open_files", list(open_files_)},
                             {"open_directories", list(open_directories_)},
                             {"unowned", std::move(unowned)},
                             {"hidden", list(hidden_)},
                             {"files", number(entries_)}});
  }

  const Context& context_;
  std::set<uint64_t> uids_, gids_;
  std::vector<IdRange> ranges_;
  std::set<std::string, std::less<>> skip_, done_;
  std::vector<std::string> nosuid_;
  size_t entries_ = 0;
  std::string unknown_, unreadable_;
  std::vector<FactTree> set_id_, capabilities_, open_files_, open_directories_, unowned_, hidden_;
};

}  // namespace

FactTree read_walk(const Context& context) {
  if (!context.mounts_unknown.empty()) return FactTree::unknown_because(context.mounts_unknown, "walk");
  return Walk(context).run();
}

}  // namespace plimsoll::probe::settings
