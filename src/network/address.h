#pragma once
#include "model/ip_address.h"

namespace plimsoll::network {

// The vocabulary's addresses under the short names of this room.
using Address = IpAddress;
using Prefix = IpNetwork;
using plimsoll::address_of_v4;
using plimsoll::address_of_v6;
using plimsoll::parse_address;
using plimsoll::parse_prefix;
using plimsoll::to_text;

}  // namespace plimsoll::network
