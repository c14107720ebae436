#include "probe/host/settings/address_scope.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "system/connections.h"
#include "system/proc_net.h"

namespace plimsoll::probe::settings {
namespace {

bool parse4(std::string_view text, uint32_t& out) {
  in_addr address{};
  if (::inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return false;
  out = ntohl(address.s_addr);
  return true;
}

bool parse6(std::string_view text, in6_addr& out) {
  return ::inet_pton(AF_INET6, std::string(text).c_str(), &out) == 1;
}

constexpr std::array<std::pair<uint32_t, uint32_t>, 8> kPrivate = {{{0x0a000000, 0xff000000},
                                                                    {0xac100000, 0xfff00000},
                                                                    {0xc0a80000, 0xffff0000},
                                                                    {0x64400000, 0xffc00000},
                                                                    {0xa9fe0000, 0xffff0000},
                                                                    {0x7f000000, 0xff000000},
                                                                    {0xe0000000, 0xe0000000},
                                                                    {0x00000000, 0xff000000}}};

bool of_containers(std::string_view interface) {
  return interface.starts_with("docker") || interface.starts_with("br-") || interface.starts_with("cni") ||
         interface.starts_with("podman") || interface.starts_with("cali") || interface.starts_with("flannel");
}

bool is_wildcard(std::string_view address) { return address == "0.0.0.0" || address == "::" || address == "*"; }

}  // namespace

bool is_public_address(std::string_view address) {
  uint32_t four = 0;
  if (parse4(address, four)) {
    return std::none_of(kPrivate.begin(), kPrivate.end(),
                        [&](const auto& net) { return (four & net.second) == net.first; });
  }
  in6_addr six{};
  return parse6(address, six) && (six.s6_addr[0] & 0xe0) == 0x20;  // 2000::/3 is what is handed out
}

std::vector<LocalNetworks::Network> parse_container_networks(std::string_view route) {
  std::vector<LocalNetworks::Network> out;
  for (const std::string_view line : split(route, '\n')) {
    const auto words = split_words(line);
    if (words.size() < 8 || !of_containers(words[0]) || out.size() >= 10'000) continue;
    const auto destination = parse_uint(words[1], 16), mask = parse_uint(words[7], 16);
    if (!destination || !mask || *destination > UINT32_MAX || *mask > UINT32_MAX || *mask == 0) continue;
    out.push_back({ntohl(static_cast<uint32_t>(*destination)), ntohl(static_cast<uint32_t>(*mask))});
  }
  return out;
}

bool LocalNetworks::has_public() const { return std::any_of(addresses.begin(), addresses.end(), is_public_address); }

std::string_view LocalNetworks::scope_of(std::string_view address) const {
  if (system::is_loopback(address)) return "loopback";
  if (is_wildcard(address)) return has_public() ? "public" : "lan";
  if (is_public_address(address)) return "public";
  uint32_t four = 0;
  if (parse4(address, four)) {
    for (const Network& network : container_networks) {
      if ((four & network.mask) == (network.address & network.mask)) return "container";
    }
  }
  return "lan";
}

LocalNetworks read_local_networks(const system::Machine& machine) {
  LocalNetworks out;
  const auto route = machine.read_file("/proc/1/net/route", size_t{16} << 20);
  const auto own = route.ok() ? route : machine.read_file("/proc/self/net/route", size_t{16} << 20);
  if (own.ok()) out.container_networks = parse_container_networks(*own);
  out.addresses = system::read_local_addresses(machine, route.ok() ? "1" : "self").addresses;
  return out;
}

}  // namespace plimsoll::probe::settings
