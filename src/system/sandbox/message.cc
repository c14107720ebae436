#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "system/sandbox/broker.h"

namespace plimsoll::system::sandbox {
namespace {

using Control = std::array<char, CMSG_SPACE(sizeof(int) * (most_descriptors + 3))>;

msghdr header_of(iovec& piece) {
  msghdr header{};
  header.msg_iov = &piece;
  header.msg_iovlen = 1;
  return header;
}

}  // namespace

bool send_message(int socket, const void* bytes, size_t size, const int* descriptors, size_t count) {
  iovec piece{const_cast<void*>(bytes), size};
  msghdr header = header_of(piece);
  alignas(cmsghdr) Control control{};
  if (count > 0) {
    header.msg_control = control.data();
    header.msg_controllen = CMSG_SPACE(sizeof(int) * count);
    cmsghdr* part = CMSG_FIRSTHDR(&header);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(sizeof(int) * count);
    std::memcpy(CMSG_DATA(part), descriptors, sizeof(int) * count);
  }
  ssize_t sent = 0;
  do {
    sent = ::sendmsg(socket, &header, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(size);
}

ssize_t receive_message(int socket, void* bytes, size_t size, int* descriptors, size_t room, size_t& count) {
  iovec piece{bytes, size};
  msghdr header = header_of(piece);
  alignas(cmsghdr) Control control{};
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  ssize_t got = 0;
  do {
    got = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  count = 0;
  if (got <= 0) return got;
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const size_t arrived = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < arrived && count < room; ++i) {
      std::memcpy(&descriptors[count++], CMSG_DATA(part) + i * sizeof(int), sizeof(int));
    }
  }
  return got;
}

}  // namespace plimsoll::system::sandbox
