#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "system/machine.h"

namespace plimsoll::system {

// What Machine::netlink of the real machine does.
Result<std::vector<Machine::NetlinkReply>> request_over_netlink(int protocol, uint16_t type, uint16_t flags,
                                                                std::string_view payload);

// Pure: takes the messages of one datagram, appending to `replies`. True: the answer is complete (done, or an
// acknowledgement). malformed: a length that does not fit; an error message of the kernel as its errno.
Result<bool> take_netlink_messages(std::string_view datagram, std::vector<Machine::NetlinkReply>& replies);

// One attribute (struct nlattr) of a payload; `value` points into it.
struct NetlinkAttribute {
  uint16_t type = 0;  // without the flags NLA_F_NESTED and NLA_F_NET_BYTEORDER
  std::string_view value;
};

// Pure: the attributes of `payload`; those after a length that does not fit are left out.
std::vector<NetlinkAttribute> netlink_attributes(std::string_view payload);

// The value of the first attribute of `type`; empty when there is none.
std::string_view netlink_attribute(std::string_view payload, uint16_t type);

}  // namespace plimsoll::system
