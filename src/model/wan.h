#pragma once
#include <string>
#include <vector>

#include "model/ip_address.h"

namespace plimsoll {

// Which addresses count as the outside (`network:` of the policy). The initial values are the documented defaults.
struct WanPolicy {
  std::vector<IpNetwork> inside = default_inside();
  std::vector<IpNetwork> outside;  // exceptions from `inside`

  // The longest network that holds the address decides, `outside` among equals; an address in none is outside. An IPv4
  // address inside an IPv6 one (mapped, NAT64, 6to4) is judged as itself. A public address counts as outside even when
  // a runtime's network carries it, unless the policy lists it.
  bool is_outside(const IpAddress& address) const;
  bool is_outside(const std::string& text) const;  // text that is no address is inside
  bool operator==(const WanPolicy&) const = default;

  // Private (RFC 1918, 6598, 4193), link-local, loopback, multicast, and what is never routed.
  static std::vector<IpNetwork> default_inside();
};

}  // namespace plimsoll
