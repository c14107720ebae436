#include "rootfs/guarded_open.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstring>
#include <deque>

#include "base/text.h"

namespace plimsoll::rootfs {
namespace {

constexpr int most_links = 40;  // as the kernel's own MAXSYMLINKS

int open_in_kernel(int root, const char* path, uint64_t flags, uint64_t resolve) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = resolve;
  return static_cast<int>(::syscall(SYS_openat2, root, path, &how, sizeof how));
}

void put_in_front(std::deque<std::string>& parts, std::string_view path) {
  const auto pieces = split(path, '/');
  for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
    if (!piece->empty() && *piece != ".") parts.emplace_front(*piece);
  }
}

std::string link_at(int directory, const std::string& name) {
  char target[4096];
  const ssize_t length = ::readlinkat(directory, name.c_str(), target, sizeof target);
  return length > 0 ? std::string(target, static_cast<size_t>(length)) : std::string();
}

// For kernels and sandboxes without openat2, and for paths longer than PATH_MAX: one part at a time, each descriptor a
// place that is known to be inside; ".." goes back along these, never up in the file system.
Opened open_by_parts(int root, const std::string& path, int flags, Links links) {
  std::deque<std::string> parts;
  put_in_front(parts, path);
  std::vector<Descriptor> way;
  int hops = 0;
  while (!parts.empty()) {
    const std::string part = std::move(parts.front());
    parts.pop_front();
    if (part == "..") {
      if (!way.empty()) way.pop_back();
      continue;
    }
    const int here = way.empty() ? root : way.back().get();
    Descriptor next(::openat(here, part.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!next.ok()) return {{}, errno};
    struct stat status{};
    if (::fstat(next.get(), &status) != 0) return {{}, errno};
    if (S_ISLNK(status.st_mode)) {
      if (links == Links::refuse || ++hops > most_links) return {{}, ELOOP};
      const std::string target = link_at(here, part);
      if (target.empty()) return {{}, ENOENT};
      if (target.front() == '/') way.clear();
      put_in_front(parts, target);
      continue;
    }
    if (!S_ISDIR(status.st_mode)) {
      if (!parts.empty()) return {{}, ENOTDIR};
      if ((flags & O_PATH) != 0) return {std::move(next), 0};
      Descriptor last(::openat(here, part.c_str(), flags | O_NOFOLLOW | O_CLOEXEC));
      const int code = last.ok() ? 0 : errno;
      return {std::move(last), code};
    }
    way.push_back(std::move(next));
  }
  const int here = way.empty() ? root : way.back().get();
  Descriptor last(::openat(here, ".", flags | O_CLOEXEC));
  const int code = last.ok() ? 0 : errno;
  return {std::move(last), code};
}

Opened open_guarded(int root, const std::string& path, int flags, Links links) {
  const uint64_t resolve =
      RESOLVE_NO_MAGICLINKS | RESOLVE_IN_ROOT | (links == Links::refuse ? uint64_t{RESOLVE_NO_SYMLINKS} : 0);
  const char* name = path.empty() ? "." : path.c_str();
  for (int attempt = 0; attempt < 8; ++attempt) {
    const int fd = open_in_kernel(root, name, static_cast<uint64_t>(flags), resolve);
    if (fd >= 0) return {Descriptor(fd), 0};
    if (errno == EAGAIN) continue;  // a rename elsewhere raced with ".."; openat2(2) says: try again
    if (errno == ENOSYS || errno == EPERM || errno == ENAMETOOLONG) break;
    return {{}, errno};
  }
  return open_by_parts(root, path, flags, links);
}

}  // namespace

Opened open_directory_below(int root, const std::string& path) {
  return open_guarded(root, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK, Links::refuse);
}

Opened open_regular_below(int root, const std::string& path, Links links, struct stat& status) {
  const Opened place = open_guarded(root, path, O_PATH, links);
  if (!place.file.ok()) return {{}, place.code};
  if (::fstat(place.file.get(), &status) != 0) return {{}, errno};
  if (!S_ISREG(status.st_mode)) return {{}, EINVAL};
  const std::string same = fmt::format("/proc/self/fd/{}", place.file.get());
  Descriptor file(::open(same.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (file.ok() || errno != ENOENT) {
    const int code = file.ok() ? 0 : errno;
    return {std::move(file), code};
  }
  // No procfs here. The type was seen a moment ago; O_NONBLOCK keeps a pipe put there meanwhile from holding us up.
  Opened again = open_guarded(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, links);
  if (again.file.ok() && (::fstat(again.file.get(), &status) != 0 || !S_ISREG(status.st_mode))) return {{}, EINVAL};
  return again;
}

Error error_of(int code, const std::string& path) {
  const std::string where = printable(path);
  switch (code) {
    case ENOENT:
    case ENOTDIR:
      return {ErrorKind::not_found, "there is no such file", where};
    case EACCES:
    case EPERM:
      return {ErrorKind::denied, "permission denied", where, "run as root"};
    case ELOOP:
      return {ErrorKind::malformed, "symbolic links lead in a circle or where none may be", where};
    case EINVAL:
      return {ErrorKind::unsupported, "not a regular file", where};
    default:
      return {ErrorKind::unreachable, std::strerror(code), where};
  }
}

}  // namespace plimsoll::rootfs
