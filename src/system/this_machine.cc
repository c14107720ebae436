#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/timex.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/text.h"
#include "system/descriptor.h"
#include "system/errno_error.h"
#include "system/grpc_unix.h"
#include "system/http_unix.h"
#include "system/machine.h"
#include "system/netlink.h"
#include "system/xtables.h"

namespace plimsoll::system {
namespace {

constexpr size_t max_link_bytes = size_t{64} << 10;
constexpr size_t max_attribute_bytes = size_t{64} << 10;  // XATTR_SIZE_MAX

int open_retrying(const char* path, int flags) {
  int fd = -1;
  do {
    fd = ::open(path, flags | O_CLOEXEC);
  } while (fd < 0 && errno == EINTR);
  return fd;
}

// Opens a regular file only. The look comes before the open: opening a device node or a FIFO that a container put in
// the way can block or do things (a watchdog, a tape); O_PATH opens nothing, and the second open goes to the very inode
// looked at.
Result<Descriptor> open_regular(const std::string& path) {
  const Descriptor seen(open_retrying(path.c_str(), O_PATH | O_NOFOLLOW));
  if (!seen.valid()) return errno_error(errno, "open", path);
  struct stat info{};
  if (::fstat(seen.get(), &info) != 0) return errno_error(errno, "look at", path);
  if (!S_ISREG(info.st_mode)) {
    const char* what = S_ISLNK(info.st_mode)   ? "a symbolic link"
                       : S_ISDIR(info.st_mode) ? "a directory"
                                               : "a special file";
    return Error{ErrorKind::unsupported, std::string("not read: it is ") + what, printable(path)};
  }
  const std::string again = "/proc/self/fd/" + std::to_string(seen.get());
  Descriptor opened(open_retrying(again.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY));
  if (!opened.valid()) return errno_error(errno, "open", path);
  return opened;
}

// Files of procfs and sysfs claim a size of 0 or 4096: only the end of file tells.
Result<std::string> read_to_end(int fd, const std::string& path, size_t limit) {
  constexpr size_t first_piece = size_t{16} << 10;
  constexpr size_t largest_piece = size_t{1} << 20;
  std::string out;
  size_t piece = first_piece;
  for (;;) {
    const size_t filled = out.size();
    const size_t want = std::min(piece, limit - filled + 1);  // one byte past the limit tells that there is more
    out.resize(filled + want);
    const ssize_t got = ::read(fd, out.data() + filled, want);
    out.resize(filled + (got > 0 ? static_cast<size_t>(got) : 0));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error(errno, "read", path);
    if (got == 0) return out;
    if (out.size() > limit) {
      return Error{ErrorKind::limit, "larger than " + std::to_string(limit) + " bytes", printable(path)};
    }
    piece = std::min(piece * 2, largest_piece);
  }
}

FileStat from_posix(const struct stat& info) {
  FileStat out;
  out.mode = info.st_mode;
  out.uid = info.st_uid;
  out.gid = info.st_gid;
  out.device = info.st_dev;
  out.inode = info.st_ino;
  out.rdev = info.st_rdev;
  out.modified = info.st_mtim.tv_sec;
  out.size = info.st_size > 0 ? static_cast<uint64_t>(info.st_size) : 0;
  return out;
}

Status check_path(const std::string& path) {
  if (path.empty() || path.front() != '/' || path.find('\0') != std::string::npos) {
    return Error{ErrorKind::not_found, "not an absolute path", printable(path)};
  }
  return Done{};
}

class ThisMachine final : public Machine {
 public:
  Result<std::string> read_file(const std::string& path, size_t limit) const override {
    PLIMSOLL_CHECK(check_path(path));
    PLIMSOLL_TRY(fd, open_regular(path));
    return read_to_end(fd.get(), path, std::min(limit, SIZE_MAX - 1));
  }

  Result<std::vector<std::string>> list_directory(const std::string& path, size_t limit) const override {
    PLIMSOLL_CHECK(check_path(path));
    Descriptor fd(open_retrying(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    if (!fd.valid()) return errno_error(errno, "list", path);
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::fdopendir(fd.get()), &::closedir);
    if (!directory) return errno_error(errno, "list", path);
    fd.release();
    std::vector<std::string> names;
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(directory.get());
      if (!entry && errno != 0) return errno_error(errno, "list", path);
      if (!entry) break;
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      if (names.size() == limit) {
        return Error{ErrorKind::limit, "more than " + std::to_string(limit) + " entries", printable(path)};
      }
      names.emplace_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<std::string> read_link(const std::string& path) const override {
    PLIMSOLL_CHECK(check_path(path));
    for (size_t room = 512; room <= max_link_bytes; room *= 2) {
      std::string out(room, '\0');
      const ssize_t got = ::readlink(path.c_str(), out.data(), out.size());
      if (got < 0) return errno_error(errno, "read the link", path);
      if (static_cast<size_t>(got) == room) continue;  // may be cut
      out.resize(static_cast<size_t>(got));
      return out;
    }
    return Error{ErrorKind::limit, "link target too long", printable(path)};
  }

  Result<FileStat> stat(const std::string& path, bool follow) const override {
    PLIMSOLL_CHECK(check_path(path));
    struct stat info{};
    const int flags = AT_NO_AUTOMOUNT | (follow ? 0 : AT_SYMLINK_NOFOLLOW);
    if (::fstatat(AT_FDCWD, path.c_str(), &info, flags) != 0) return errno_error(errno, "look at", path);
    return from_posix(info);
  }

  Result<HttpReply> http_unix(const std::string& socket, std::string_view method, const std::string& target,
                              std::string_view body, size_t limit, int seconds) const override {
    return request_over_unix(socket, method, target, body, limit, seconds);
  }

  Result<std::string> grpc_unix(const std::string& socket, const GrpcCall& call, size_t limit,
                                int seconds) const override {
    return call_over_unix(socket, call, limit, seconds);
  }

  Result<SpaceStat> space(const std::string& path) const override {
    PLIMSOLL_CHECK(check_path(path));
    struct statvfs info{};
    if (::statvfs(path.c_str(), &info) != 0) return errno_error(errno, "ask for the space of", path);
    return SpaceStat{info.f_blocks * info.f_frsize, info.f_bavail * info.f_frsize, info.f_files, info.f_favail};
  }

  Result<std::string> extended_attribute(const std::string& path, const std::string& name) const override {
    PLIMSOLL_CHECK(check_path(path));
    std::string out(256, '\0');  // enough for nearly all
    ssize_t got = ::lgetxattr(path.c_str(), name.c_str(), out.data(), out.size());
    if (got < 0 && errno == ERANGE) {
      out.resize(max_attribute_bytes);
      got = ::lgetxattr(path.c_str(), name.c_str(), out.data(), out.size());
    }
    if (got < 0 && errno == ENODATA) return Error{ErrorKind::not_found, "no attribute " + name, printable(path)};
    if (got < 0) return errno_error(errno, "read an attribute of", path);
    out.resize(static_cast<size_t>(got));
    return out;
  }

  Result<ClockStat> clock() const override {
    struct timex info{};  // modes 0: nothing is set
    const int state = ::adjtimex(&info);
    if (state < 0) return errno_error(errno, "ask for the state of", "the clock");
    return ClockStat{state != TIME_ERROR && (info.status & STA_UNSYNC) == 0,
                     info.maxerror > 0 ? static_cast<uint64_t>(info.maxerror) : 0};
  }

  Result<std::vector<NetlinkReply>> netlink(int protocol, uint16_t type, uint16_t flags,
                                            std::string_view payload) const override {
    return request_over_netlink(protocol, type, flags, payload);
  }

  Result<LegacyTable> legacy_table(const std::string& name, bool six) const override {
    return request_legacy_table(name, six);
  }

  Instant now() const override {
    return std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  }

  uint32_t effective_uid() const override { return ::geteuid(); }
};

}  // namespace

std::unique_ptr<Machine> this_machine() { return std::make_unique<ThisMachine>(); }

}  // namespace plimsoll::system
