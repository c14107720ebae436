#include "server/frames.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "system/errno_error.h"

namespace plimsoll::server {
namespace {

struct Header {
  uint32_t type = 0, zero = 0;
  uint64_t length = 0;
};
static_assert(sizeof(Header) == 16);

Status send_all(int socket, const char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(socket, bytes, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return system::errno_error(errno, "write to", "the other process of plimsoll serve");
    bytes += sent;
    size -= static_cast<size_t>(sent);
  }
  return Done{};
}

Status receive_all(int socket, char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t got = ::recv(socket, bytes, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Error{ErrorKind::not_found, "the other process of plimsoll serve is gone"};
    bytes += got;
    size -= static_cast<size_t>(got);
  }
  return Done{};
}

}  // namespace

Status send_frame(int socket, uint32_t type, std::string_view payload) {
  const Header header{type, 0, payload.size()};
  char bytes[sizeof header];
  std::memcpy(bytes, &header, sizeof header);
  PLIMSOLL_CHECK(send_all(socket, bytes, sizeof bytes));
  return send_all(socket, payload.data(), payload.size());
}

Result<Frame> receive_frame(int socket, uint64_t most) {
  constexpr size_t piece = size_t{1} << 20;
  Header header;
  char bytes[sizeof header];
  PLIMSOLL_CHECK(receive_all(socket, bytes, sizeof bytes));
  std::memcpy(&header, bytes, sizeof header);
  if (header.zero != 0) return Error{ErrorKind::malformed, "not a message of plimsoll serve"};
  if (header.length > most) return Error{ErrorKind::limit, "a message that is too long"};
  Frame out;
  out.type = header.type;
  // Memory is taken for what has come, not for what was announced.
  while (out.payload.size() < header.length) {
    const size_t before = out.payload.size();
    out.payload.resize(before + std::min<uint64_t>(piece, header.length - before));
    PLIMSOLL_CHECK(receive_all(socket, out.payload.data() + before, out.payload.size() - before));
  }
  return out;
}

}  // namespace plimsoll::server
