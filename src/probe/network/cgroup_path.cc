#include "probe/network/cgroup_path.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "system/descriptor.h"
#include "system/errno_error.h"
#include "system/mountinfo.h"

namespace plimsoll::probe {
namespace {

constexpr int file_handle_kernfs = 0xfe;  // FILEID_KERNFS, include/linux/exportfs.h

}  // namespace

std::string cgroup2_root(const system::Machine& machine) {
  const auto text = machine.read_file("/proc/self/mountinfo");
  if (!text.ok()) return {};
  for (const system::Mount& mount : system::parse_mountinfo(*text).mounts) {
    if (mount.fs_type == "cgroup2" && mount.root == "/") return mount.target;
  }
  return {};
}

CgroupPaths::CgroupPaths(const std::string& root)
    : root_(root), fd_(root.empty() ? -1 : ::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}

CgroupPaths::~CgroupPaths() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::string> CgroupPaths::path(uint64_t cgroup) const {
  if (fd_ < 0) return Error{ErrorKind::unsupported, "no cgroup2 hierarchy is mounted"};
  // A handle of a kernfs file system is the number itself (name_to_handle_at(2)).
  alignas(file_handle) std::array<char, sizeof(file_handle) + sizeof cgroup> room{};
  auto* handle = reinterpret_cast<file_handle*>(room.data());
  handle->handle_bytes = sizeof cgroup;
  handle->handle_type = file_handle_kernfs;
  std::memcpy(room.data() + sizeof(file_handle), &cgroup, sizeof cgroup);
  const system::Descriptor directory(::open_by_handle_at(fd_, handle, O_PATH | O_CLOEXEC));
  if (!directory.valid()) {
    if (errno == ESTALE) return Error{ErrorKind::not_found, "no such control group"};
    return system::errno_error(errno, "look up", "control group " + std::to_string(cgroup));
  }
  std::array<char, 4096> target{};
  const std::string link = "/proc/self/fd/" + std::to_string(directory.get());
  const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
  if (length <= 0) return system::errno_error(errno, "read", link);
  const std::string_view path(target.data(), static_cast<size_t>(length));
  if (path.substr(0, root_.size()) != root_) return Error{ErrorKind::not_found, "outside the hierarchy"};
  return path.size() == root_.size() ? std::string("/") : std::string(path.substr(root_.size()));
}

}  // namespace plimsoll::probe
