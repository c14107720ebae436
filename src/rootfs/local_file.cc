#include "rootfs/local_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace plimsoll::rootfs {

Result<std::string> File::read_all(size_t limit) {
  if (size() > limit) {
    return Error{ErrorKind::limit,
                 fmt::format("{} bytes, more than the {} that are read of such a file", size(), limit)};
  }
  return read_at(0, static_cast<size_t>(size()));
}

Result<std::string> LocalFile::read_at(uint64_t offset, size_t length) {
  if (offset >= size_) return std::string();
  length = static_cast<size_t>(std::min<uint64_t>(length, size_ - offset));
  std::string out(length, '\0');
  size_t have = 0;
  while (have < length) {
    const ssize_t got = ::pread(fd_, out.data() + have, length - have, static_cast<off_t>(start_ + offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error{ErrorKind::unreachable, std::strerror(errno)};
    if (got == 0) break;  // it shrank meanwhile
    have += static_cast<size_t>(got);
  }
  out.resize(have);
  return out;
}

}  // namespace plimsoll::rootfs
