#pragma once
#include <string>

namespace plimsoll::analyzer {

// Whether an address belongs to the outside network: a global unicast address. Private (RFC 1918, 6598), link-local,
// loopback, unique-local (RFC 4193) and multicast ones are inside; so is text that is no address. A public address
// counts as outside even when a runtime's network carries it.
bool is_wan_address(const std::string& address);

// "::ffff:10.0.0.1" -> "10.0.0.1"; others unchanged.
std::string plain_address(const std::string& address);

}  // namespace plimsoll::analyzer
