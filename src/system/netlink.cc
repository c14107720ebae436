#include "system/netlink.h"

#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "system/descriptor.h"
#include "system/errno_error.h"

namespace plimsoll::system {
namespace {

constexpr size_t max_reply_bytes = size_t{16} << 20;
constexpr size_t max_datagram = size_t{256} << 10;
const char* const kWhere = "netlink";

size_t aligned(size_t length) { return (length + 3) & ~size_t{3}; }

Result<Descriptor> open_socket(int protocol) {
  Descriptor fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
  if (!fd.valid()) return errno_error(errno, "open", kWhere);
  const timeval patience{2, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return fd;
}

Status send_request(int fd, uint16_t type, uint16_t flags, std::string_view payload) {
  nlmsghdr header{};
  header.nlmsg_len = static_cast<uint32_t>(sizeof header + payload.size());
  header.nlmsg_type = type;
  header.nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
  header.nlmsg_seq = 1;
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes.append(payload);
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  const ssize_t sent =
      ::sendto(fd, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel);
  if (sent < 0) return errno_error(errno, "ask", kWhere);
  return Done{};
}

}  // namespace

Result<bool> take_netlink_messages(std::string_view datagram, std::vector<Machine::NetlinkReply>& replies) {
  while (datagram.size() >= sizeof(nlmsghdr)) {
    nlmsghdr header{};
    std::memcpy(&header, datagram.data(), sizeof header);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > datagram.size()) {
      return Error{ErrorKind::malformed, "a message's length does not fit", kWhere};
    }
    const std::string_view payload = datagram.substr(sizeof header, header.nlmsg_len - sizeof header);
    if ((header.nlmsg_flags & NLM_F_DUMP_INTR) != 0) {
      return Error{ErrorKind::conflict, "the tables changed while they were read", kWhere};
    }
    if (header.nlmsg_type == NLMSG_DONE) return true;
    if (header.nlmsg_type == NLMSG_ERROR) {
      int32_t number = 0;
      if (payload.size() < sizeof number) return Error{ErrorKind::malformed, "an error without its number", kWhere};
      std::memcpy(&number, payload.data(), sizeof number);
      if (number != 0) return errno_error(number > INT32_MIN ? -number : EIO, "ask", kWhere);
      return true;
    }
    replies.push_back({header.nlmsg_type, std::string(payload)});
    datagram.remove_prefix(std::min(aligned(header.nlmsg_len), datagram.size()));
  }
  return false;
}

Result<std::vector<Machine::NetlinkReply>> request_over_netlink(int protocol, uint16_t type, uint16_t flags,
                                                                std::string_view payload) {
  PLIMSOLL_TRY(fd, open_socket(protocol));
  PLIMSOLL_CHECK(send_request(fd.get(), type, flags, payload));
  std::vector<Machine::NetlinkReply> replies;
  std::string buffer(max_datagram, '\0');
  size_t seen = 0;
  for (;;) {
    sockaddr_nl from{};
    socklen_t from_length = sizeof from;
    const ssize_t got =
        ::recvfrom(fd.get(), buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &from_length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return Error{ErrorKind::timeout, "the kernel did not answer", kWhere};
    if (got < 0) return errno_error(errno, "read", kWhere);
    if (from.nl_pid != 0) continue;  // not from the kernel
    seen += static_cast<size_t>(got);
    if (seen > max_reply_bytes) return Error{ErrorKind::limit, "the answer is too long", kWhere};
    PLIMSOLL_TRY(complete, take_netlink_messages({buffer.data(), static_cast<size_t>(got)}, replies));
    if (complete) return replies;
    if ((flags & NLM_F_DUMP) == 0 && (flags & NLM_F_ACK) == 0 && !replies.empty()) return replies;
  }
}

std::vector<NetlinkAttribute> netlink_attributes(std::string_view payload) {
  std::vector<NetlinkAttribute> out;
  while (payload.size() >= sizeof(nlattr)) {
    nlattr header{};
    std::memcpy(&header, payload.data(), sizeof header);
    if (header.nla_len < sizeof header || header.nla_len > payload.size()) break;
    out.push_back({static_cast<uint16_t>(header.nla_type & NLA_TYPE_MASK),
                   payload.substr(sizeof header, header.nla_len - sizeof header)});
    payload.remove_prefix(std::min(aligned(header.nla_len), payload.size()));
  }
  return out;
}

std::string_view netlink_attribute(std::string_view payload, uint16_t type) {
  for (const NetlinkAttribute& attribute : netlink_attributes(payload)) {
    if (attribute.type == type) return attribute.value;
  }
  return {};
}

}  // namespace plimsoll::system
