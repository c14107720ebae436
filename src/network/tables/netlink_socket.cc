#include "network/tables/netlink_socket.h"

#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "system/errno_error.h"

namespace plimsoll::network {
namespace {

constexpr size_t max_datagram = size_t{64} << 10;
constexpr size_t max_answer = size_t{256} << 20;  // 500 000 sockets
const char* const kWhere = "netlink";

// -1 as recvmsg(2); 0 also for what the kernel did not send.
ssize_t receive(int socket, std::string& buffer, int flags) {
  sockaddr_nl from{};
  socklen_t length = sizeof from;
  ssize_t got = -1;
  do {
    got = ::recvfrom(socket, buffer.data(), buffer.size(), flags, reinterpret_cast<sockaddr*>(&from), &length);
  } while (got < 0 && errno == EINTR);
  return got > 0 && from.nl_pid != 0 ? 0 : got;
}

std::string request(uint16_t type, uint16_t flags, std::string_view payload) {
  nlmsghdr header{};
  header.nlmsg_len = static_cast<uint32_t>(sizeof header + payload.size());
  header.nlmsg_type = type;
  header.nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
  std::string out(reinterpret_cast<const char*>(&header), sizeof header);
  return out.append(payload);
}

}  // namespace

Result<bool> each_message(std::string_view datagram, const NetlinkSink& sink) {
  while (datagram.size() >= sizeof(nlmsghdr)) {
    nlmsghdr header{};
    std::memcpy(&header, datagram.data(), sizeof header);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > datagram.size())
      return Error{ErrorKind::malformed, "a message's length does not fit", kWhere};
    const std::string_view payload = datagram.substr(sizeof header, header.nlmsg_len - sizeof header);
    if (header.nlmsg_type == NLMSG_DONE) return true;
    if (header.nlmsg_type == NLMSG_ERROR) {
      int32_t number = 0;
      if (payload.size() < sizeof number) return Error{ErrorKind::malformed, "an error without its number", kWhere};
      std::memcpy(&number, payload.data(), sizeof number);
      if (number != 0) return system::errno_error(number > INT32_MIN ? -number : EIO, "ask", kWhere);
      return true;
    }
    sink(header.nlmsg_type, payload);
    datagram.remove_prefix(std::min<size_t>(NLMSG_ALIGN(header.nlmsg_len), datagram.size()));
  }
  return false;
}

Result<NetlinkSocket> NetlinkSocket::open(int protocol, uint32_t groups, int buffer_bytes) {
  system::Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
  if (!socket.valid()) return system::errno_error(errno, "open", kWhere);
  const timeval patience{2, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &buffer_bytes, sizeof buffer_bytes) != 0)
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
  sockaddr_nl self{};
  self.nl_family = AF_NETLINK;
  self.nl_groups = groups;
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&self), sizeof self) != 0)
    return system::errno_error(errno, "listen to", kWhere);
  return NetlinkSocket(std::move(socket));
}

Status NetlinkSocket::ask(uint16_t type, uint16_t flags, std::string_view payload, const NetlinkSink& sink) {
  const std::string bytes = request(type, flags, payload);
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  if (::sendto(socket_.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&kernel),
               sizeof kernel) < 0)
    return system::errno_error(errno, "ask", kWhere);
  std::string buffer(max_datagram, '\0');
  for (size_t seen = 0; seen < max_answer;) {
    const ssize_t got = receive(socket_.get(), buffer, 0);
    if (got < 0 && errno == EAGAIN) return Error{ErrorKind::timeout, "the kernel did not answer", kWhere};
    if (got < 0) return system::errno_error(errno, "read", kWhere);
    seen += static_cast<size_t>(got) + 1;
    PLIMSOLL_TRY(complete, each_message({buffer.data(), static_cast<size_t>(got)}, sink));
    if (complete) return Done{};
  }
  return Error{ErrorKind::limit, "the answer is too long", kWhere};
}

bool NetlinkSocket::take(size_t most, const NetlinkSink& sink) {
  std::string buffer(max_datagram, '\0');
  bool lost = false;
  for (size_t i = 0; i < most; ++i) {
    const ssize_t got = receive(socket_.get(), buffer, MSG_DONTWAIT);
    if (got < 0 && errno == ENOBUFS) {
      lost = true;
      continue;
    }
    if (got < 0) break;
    (void)each_message({buffer.data(), static_cast<size_t>(got)}, sink);
  }
  return lost;
}

}  // namespace plimsoll::network
