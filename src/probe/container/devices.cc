#include "probe/container/devices.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "probe/container/limits.h"

namespace plimsoll::probe {
namespace {

struct Numbered {
  char type;
  uint32_t major, first_minor, last_minor;
  std::string_view meaning;
};
constexpr uint32_t kAny = 0xffffffff;
constexpr std::array<Numbered, 56> kNumbered = {{
    {'c', 1, 3, 3, ""},
    {'c', 1, 5, 5, ""},
    {'c', 1, 7, 9, ""},
    {'c', 5, 0, 2, ""},
    {'c', 136, 0, kAny, ""},
    {'c', 137, 0, kAny, ""},
    {'c', 1, 1, 1, "mem"},
    {'c', 1, 2, 2, "kmem"},
    {'c', 1, 4, 4, "port"},
    {'c', 1, 11, 11, "kmsg"},
    {'c', 4, 0, kAny, "tty"},
    {'c', 7, 0, kAny, "tty"},
    {'c', 10, 144, 144, "nvram"},
    {'c', 10, 175, 175, "agp"},
    {'c', 10, 196, 196, "vfio"},
    {'c', 10, 200, 200, "tun"},
    {'c', 10, 223, 223, "uinput"},
    {'c', 10, 229, 229, "fuse"},
    {'c', 10, 232, 232, "kvm"},
    {'c', 10, 234, 234, "btrfs-control"},
    {'c', 10, 235, 235, "autofs"},
    {'c', 10, 236, 236, "mapper"},
    {'c', 10, 237, 237, "loop-control"},
    {'c', 10, 238, 238, "vhost-net"},
    {'c', 10, 241, 241, "vhost-vsock"},
    {'c', 10, 130, 130, "watchdog"},
    {'c', 10, 183, 183, "hwrng"},
    {'c', 10, 242, 242, "rfkill"},
    {'c', 10, 203, 203, "cuse"},
    {'c', 13, 0, kAny, "input"},
    {'c', 21, 0, kAny, "sg"},
    {'c', 29, 0, kAny, "framebuffer"},
    {'c', 81, 0, kAny, "video"},
    {'c', 90, 0, kAny, "mtd"},
    {'c', 108, 0, kAny, "ppp"},
    {'c', 116, 0, kAny, "sound"},
    {'c', 162, 0, kAny, "raw"},
    {'c', 180, 0, kAny, "usb"},
    {'c', 189, 0, kAny, "usb"},
    {'c', 195, 0, kAny, "nvidia"},
    {'c', 202, 0, kAny, "msr"},
    {'c', 203, 0, kAny, "cpuid"},
    {'c', 226, 0, kAny, "gpu"},
    {'c', 231, 0, kAny, "infiniband"},
    {'c', 228, 0, kAny, "hpet"},
    {'b', 1, 0, kAny, "ramdisk"},
    {'b', 2, 0, kAny, "floppy"},
    {'b', 7, 0, kAny, "loop"},
    {'b', 8, 0, kAny, "disk"},
    {'b', 9, 0, kAny, "disk"},
    {'b', 11, 0, kAny, "cdrom"},
    {'b', 43, 0, kAny, "nbd"},
    {'b', 259, 0, kAny, "disk"},
    {'b', 202, 0, kAny, "disk"},
    {'b', 179, 0, kAny, "disk"},
    {'b', 3, 0, kAny, "disk"},
}};

struct Driver {
  std::string_view prefix, meaning;
};
constexpr std::array<Driver, 20> kDrivers = {{
    {"vfio", "vfio"},     {"hidraw", "hidraw"}, {"nvidia", "nvidia"},   {"kfd", "gpu"},
    {"accel", "gpu"},     {"cpu/msr", "msr"},   {"nvme", "nvme-admin"}, {"bsg", "bsg"},
    {"ttyUSB", "serial"}, {"ttyACM", "serial"}, {"ttyS", "serial"},     {"infiniband", "infiniband"},
    {"iommu", "vfio"},    {"dax", "dax"},       {"gpiochip", "gpio"},   {"i2c", "i2c"},
    {"spi", "spi"},       {"tpm", "tpm"},       {"mei", "firmware"},    {"virtio-port", "virtio-port"},
}};

std::string_view driver_name(const std::vector<std::pair<uint32_t, std::string>>& drivers, uint32_t major) {
  for (const auto& [number, name] : drivers) {
    if (number == major) return name;
  }
  return {};
}

constexpr size_t kMaxNodes = 20'000;
constexpr int kMaxDepth = 8;

class Walk {
 public:
  Walk(const View& view, const MountView& mounts, const system::DriverNumbers& drivers)
      : view_(view), mounts_(mounts), drivers_(drivers), root_(proc_path(mounts.pid, "root")) {}

  Fact<std::vector<DeviceNode>> run() {
    using Nodes = Fact<std::vector<DeviceNode>>;
    const auto top = view_.machine.stat(root_ + "/dev", false);
    if (!top.ok() && top.error().kind != ErrorKind::not_found) fail(top.error());
    if (top.ok() && S_ISDIR(top->mode)) directory("/dev", 0);
    if (top.ok() && S_ISLNK(top->mode)) fail({ErrorKind::unsupported, "/dev is a link", root_ + "/dev"});
    if (!unknown_.empty()) return Nodes::missing(unknown_, root_ + "/dev");
    return Nodes::of(std::move(found_), root_ + "/dev");
  }

 private:
  void fail(const Error& error) {
    unknown_ = error.to_string();
    view_.gaps.add("device nodes", error);
  }

  void directory(const std::string& path, int depth) {
    const auto names = view_.machine.list_directory(root_ + path, kMaxNodes);
    if (!names.ok()) {
      if (names.error().kind != ErrorKind::not_found) fail(names.error());
      return;
    }
    for (const auto& name : *names) {
      if (++looked_ > kMaxNodes) return fail({ErrorKind::limit, "more nodes than are looked at", root_ + path});
      entry(path + "/" + name, depth);
    }
  }

  void entry(const std::string& path, int depth) {
    const auto* mount = system::covering_mount(mounts_.mounts, path);
    if (mount && may_hang(mount->fs_type)) {
      view_.gaps.add("device nodes below " + printable(path, 200), "lies on a file system that may hang");
      return;
    }
    const auto stat = view_.machine.stat(root_ + path, false);
    if (!stat.ok()) {
      if (stat.error().kind != ErrorKind::not_found) fail(stat.error());
      return;
    }
    if (S_ISDIR(stat->mode)) {
      if (depth < kMaxDepth) return directory(path, depth + 1);
      return fail({ErrorKind::limit, "directories too deep", root_ + path});
    }
    if (!S_ISBLK(stat->mode) && !S_ISCHR(stat->mode)) return;
    if (mount && mount->nodev) return;  // dead: cannot be opened as a device
    node(path, *stat);
  }

  void node(const std::string& path, const system::FileStat& stat) {
    const char type = S_ISBLK(stat.mode) ? 'b' : 'c';
    const uint32_t number = gnu_dev_major(stat.rdev), minor = gnu_dev_minor(stat.rdev);
    auto meaning = device_meaning(type, number, minor, drivers_);
    if (!meaning.empty()) found_.push_back({path, type, number, minor, std::move(meaning), by_permission(stat)});
  }

  // Of the three sets of bits the kernel asks only the first that fits the process (acl_permission_check in
  // fs/namei.c).
  Fact<bool> by_permission(const system::FileStat& stat) {
    bool all_read = true;
    for (const Process& process : view_.processes) {
      const system::ProcessStatus& status = process.status;
      if (!status.file_system_uid || !status.file_system_gid) {
        all_read = false;
        continue;
      }
      const bool in_group = *status.file_system_gid == stat.gid ||
                            std::find(status.groups.begin(), status.groups.end(), stat.gid) != status.groups.end();
      const uint32_t bit = *status.file_system_uid == stat.uid ? S_IWUSR : in_group ? S_IWGRP : S_IWOTH;
      if ((stat.mode & bit) != 0)
        return Fact<bool>::of(true, proc_path(process.pid(), "status") + " and the node's owner and mode");
    }
    if (!all_read) return Fact<bool>::missing("user and groups of a process cannot be read", "status");
    return Fact<bool>::of(false, "the node's owner and mode");
  }

  const View& view_;
  const MountView& mounts_;
  const system::DriverNumbers& drivers_;
  std::string root_;
  std::vector<DeviceNode> found_;
  std::string unknown_;
  size_t looked_ = 0;
};

}  // namespace

std::string device_meaning(char type, uint32_t major, uint32_t minor, const system::DriverNumbers& drivers) {
  for (const auto& row : kNumbered) {
    if (row.type == type && row.major == major && minor >= row.first_minor && minor <= row.last_minor) {
      return std::string(row.meaning);
    }
  }
  if (type == 'b') return driver_name(drivers.block, major) == "zram" ? "zram" : "disk";
  const auto driver = driver_name(drivers.character, major);
  for (const auto& row : kDrivers) {
    if (driver.starts_with(row.prefix)) return std::string(row.meaning);
  }
  return "other";
}

Fact<std::vector<DeviceNode>> device_nodes(const View& view) {
  using Nodes = Fact<std::vector<DeviceNode>>;
  if (view.mount_views.empty()) return Nodes::missing(view.mounts_unknown, "/dev of the container");
  const auto text = view.machine.read_file("/proc/devices");
  const auto drivers = system::parse_devices(text.ok() ? *text : "");
  return Walk(view, view.mount_views.front(), drivers).run();
}

Fact<bool> all_devices_allowed(const View& view, const Fact<bool>& privileged) {
  const auto directory = cgroup_directory(view, "devices");
  if (directory.known() && !directory.value->empty()) {
    const auto path = *directory.value + "/devices.list";
    const auto text = view.machine.read_file(path, size_t{1} << 20);
    if (text.ok()) {
      const auto lines = split(*text, '\n');
      const bool all =
          std::any_of(lines.begin(), lines.end(), [](std::string_view l) { return trim(l) == "a *:* rwm"; });
      return Fact<bool>::of(all, path);
    }
    view.gaps.add("device rules", text.error());
    return Fact<bool>::missing(text.error().to_string(), path);
  }
  if (privileged.known()) {
    return Fact<bool>::of(*privileged.value, "inspect Privileged (the kernel's own device program is not read)");
  }
  return Fact<bool>::missing(
      "device rules of cgroup v2 are a kernel program that is not read, and no runtime told them");
}

}  // namespace plimsoll::probe
