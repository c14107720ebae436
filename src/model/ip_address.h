#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll {

// An IP address. IPv4 is held as IPv4-mapped IPv6 (::ffff:a.b.c.d), so that both spellings of one address are equal.
struct IpAddress {
  std::array<uint8_t, 16> bytes{};
  auto operator<=>(const IpAddress&) const = default;
  bool v4() const;
};

IpAddress address_of_v4(const uint8_t* four_bytes);     // network byte order
IpAddress address_of_v6(const uint8_t* sixteen_bytes);  // network byte order
std::optional<IpAddress> parse_address(std::string_view text);
std::string to_text(const IpAddress& address);  // "10.0.0.1", "2001:db8::1"

// One network of addresses, as "10.0.0.0/8" or "fd00::/8" says.
struct IpNetwork {
  IpAddress address;
  int bits = 0;  // of the 128; an IPv4 /8 is 104
  bool operator==(const IpNetwork&) const = default;
  bool holds(const IpAddress& other) const;
};
std::optional<IpNetwork> parse_prefix(std::string_view text);

}  // namespace plimsoll
