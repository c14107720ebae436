#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace plimsoll {
namespace {

Error errno_error(const std::string& path, std::string_view doing) {
  const int code = errno;
  const ErrorKind kind = code == ENOENT                    ? ErrorKind::not_found
                         : code == EACCES || code == EPERM ? ErrorKind::denied
                                                           : ErrorKind::unreachable;
  return {kind, "cannot " + std::string(doing) + ": " + std::strerror(code), path};
}

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

Status write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error(path, "write");
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return Done{};
}

}  // namespace

Result<std::string> read_file(const std::string& path, size_t limit) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return errno_error(path, "open");
  std::string bytes;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t n = ::read(file.fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error(path, "read");
    if (n == 0) return bytes;
    bytes.append(buffer, static_cast<size_t>(n));
    if (bytes.size() > limit) {
      return Error{ErrorKind::limit, "larger than " + std::to_string(limit) + " bytes", path};
    }
  }
}

Status write_file_atomically(const std::string& path, std::string_view bytes, unsigned mode) {
  const std::string beside = path + ".new." + std::to_string(::getpid());
  {
    const Descriptor file{::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)};
    if (file.fd < 0) return errno_error(beside, "create");
    Status written = write_all(file.fd, bytes, beside);
    if (written.ok() && ::fsync(file.fd) != 0) written = errno_error(beside, "sync");
    if (!written.ok()) {
      ::unlink(beside.c_str());
      return written;
    }
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) {
    const Error error = errno_error(path, "replace");
    ::unlink(beside.c_str());
    return error;
  }
  return Done{};
}

}  // namespace plimsoll
