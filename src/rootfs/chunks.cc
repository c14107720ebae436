#include "rootfs/chunks.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace plimsoll::rootfs {

Result<std::string_view> BlobChunks::next() {
  const size_t wanted = static_cast<size_t>(std::min<uint64_t>(piece_, blob_.size - at_));
  if (wanted == 0) return std::string_view();
  while (true) {
    const ssize_t got = ::pread(blob_.file->get(), buffer_.data(), wanted, static_cast<off_t>(blob_.offset + at_));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error{ErrorKind::unreachable, std::strerror(errno)};
    at_ = got == 0 ? blob_.size : at_ + static_cast<uint64_t>(got);  // 0: the file was cut meanwhile
    piece_ = std::min(piece_ * 2, largest);
    return std::string_view(buffer_.data(), static_cast<size_t>(got));
  }
}

uint64_t BlobChunks::skip(uint64_t count) {
  const uint64_t jump = std::min(count, blob_.size - at_);
  at_ += jump;
  if (jump > 0) piece_ = smallest;
  return jump;
}

Result<std::string_view> CallbackChunks::next() {
  PLIMSOLL_TRY(got, source_(buffer_.data(), buffer_.size()));
  if (got > buffer_.size()) return Error{ErrorKind::bug, "a byte source wrote more than its buffer holds"};
  return std::string_view(buffer_.data(), got);
}

Result<std::string> take_front(ChunkSource& source, size_t count) {
  std::string out;
  while (out.size() < count) {
    PLIMSOLL_TRY(piece, source.next());
    if (piece.empty()) break;
    out += piece;
  }
  return out;
}

Result<std::string> drain(ChunkSource& source, size_t limit) {
  std::string out;
  while (true) {
    PLIMSOLL_TRY(piece, source.next());
    if (piece.empty()) return out;
    if (piece.size() > limit - out.size()) return Error{ErrorKind::limit, fmt::format("more than {} bytes", limit)};
    out += piece;
  }
}

}  // namespace plimsoll::rootfs
