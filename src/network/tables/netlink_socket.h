#pragma once
#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.h"
#include "system/descriptor.h"

namespace plimsoll::network {

// One message of the kernel; `payload` lives for the call.
using NetlinkSink = std::function<void(uint16_t type, std::string_view payload)>;

// Pure: hands on the messages of one datagram. True: it ends an answer. malformed: a length that does not fit; an error
// message of the kernel as its errno. A table that changed while it was read is no error here: what is missed of it is
// told by events, or by the next look.
Result<bool> each_message(std::string_view datagram, const NetlinkSink& sink);

// A netlink socket of the network namespace it was opened in.
class NetlinkSocket {
 public:
  // `groups`: bits of the multicast groups to listen to (bit n-1 is group n).
  static Result<NetlinkSocket> open(int protocol, uint32_t groups, int buffer_bytes);

  int descriptor() const { return socket_.get(); }

  // Asks and hands on all of the answer; waits at most 2 s for each piece.
  Status ask(uint16_t type, uint16_t flags, std::string_view payload, const NetlinkSink& sink);

  // Hands on what has come, at most `most` datagrams, without waiting. Returns whether messages were lost since the
  // last time because its buffer was full.
  bool take(size_t most, const NetlinkSink& sink);

 private:
  explicit NetlinkSocket(system::Descriptor socket) : socket_(std::move(socket)) {}
  system::Descriptor socket_;
};

}  // namespace plimsoll::network
