#include "model/wan.h"

#include <algorithm>
#include <array>

namespace plimsoll {
namespace {

constexpr std::array<std::string_view, 14> kInside = {
    "0.0.0.0/8",   "10.0.0.0/8",  "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
    "224.0.0.0/4", "240.0.0.0/4", "::/128",        "::1/128",     "fc00::/7",       "fe80::/10",     "ff00::/8",
};

// 64:ff9b::/96 (RFC 6052) has its IPv4 address at the end, 2002::/16 (RFC 3056) behind the prefix.
IpAddress embedded(const IpAddress& address) {
  constexpr std::array<uint8_t, 12> nat64 = {0x00, 0x64, 0xff, 0x9b};
  if (std::equal(nat64.begin(), nat64.end(), address.bytes.begin())) return address_of_v4(address.bytes.data() + 12);
  if (address.bytes[0] == 0x20 && address.bytes[1] == 0x02) return address_of_v4(address.bytes.data() + 2);
  return address;
}

int longest(const std::vector<IpNetwork>& networks, const IpAddress& address) {
  int bits = -1;
  for (const IpNetwork& network : networks) {
    if (network.bits > bits && network.holds(address)) bits = network.bits;
  }
  return bits;
}

}  // namespace

std::vector<IpNetwork> WanPolicy::default_inside() {
  std::vector<IpNetwork> out;
  for (const std::string_view text : kInside) {
    if (const auto network = parse_prefix(text)) out.push_back(*network);
  }
  return out;
}

bool WanPolicy::is_outside(const IpAddress& address) const {
  const IpAddress judged = embedded(address);
  return longest(outside, judged) >= longest(inside, judged);
}

bool WanPolicy::is_outside(const std::string& text) const {
  const auto address = parse_address(text);
  return address && is_outside(*address);
}

}  // namespace plimsoll
