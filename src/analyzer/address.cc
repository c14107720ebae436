#include "analyzer/address.h"

#include <arpa/inet.h>

#include <array>
#include <cstdint>

namespace plimsoll::analyzer {
namespace {

struct Network4 {
  uint32_t address;
  int bits;
};

constexpr std::array<Network4, 9> inside4{{
    {0x00000000, 8},   // this network
    {0x0A000000, 8},   // 10/8
    {0x64400000, 10},  // 100.64/10
    {0x7F000000, 8},   // loopback
    {0xA9FE0000, 16},  // link-local
    {0xAC100000, 12},  // 172.16/12
    {0xC0A80000, 16},  // 192.168/16
    {0xE0000000, 4},   // multicast
    {0xF0000000, 4},   // reserved, broadcast
}};

bool is_wan4(uint32_t address) {
  for (const Network4& network : inside4) {
    if (((address ^ network.address) >> (32 - network.bits)) == 0) return false;
  }
  return true;
}

}  // namespace

std::string plain_address(const std::string& address) {
  constexpr std::string_view mapped = "::ffff:";
  if (address.rfind(mapped, 0) == 0 && address.find('.') != std::string::npos) return address.substr(mapped.size());
  return address;
}

bool is_wan_address(const std::string& text) {
  const std::string address = plain_address(text);
  in_addr v4{};
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return is_wan4(ntohl(v4.s_addr));
  in6_addr v6{};
  if (inet_pton(AF_INET6, address.c_str(), &v6) != 1) return false;
  return (v6.s6_addr[0] & 0xE0) == 0x20;  // 2000::/3, the only global unicast block in use
}

}  // namespace plimsoll::analyzer
