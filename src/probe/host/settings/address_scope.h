#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "system/machine.h"

namespace plimsoll::probe::settings {

// Whom a bound address lets in: "loopback"; "container" (the address of a bridge of containers); "lan"; "public".
// A wildcard is the widest of the machine's addresses; containers on a bridge reach it too.
class LocalNetworks {
 public:
  std::string_view scope_of(std::string_view address) const;
  bool has_public() const;

  struct Network {
    uint32_t address = 0, mask = 0;  // host byte order
  };
  std::vector<Network> container_networks;
  std::vector<std::string> addresses;  // loopback left out
};

LocalNetworks read_local_networks(const system::Machine& machine);

// An address that routers of the internet forward: not private, link-local, shared or documentation.
bool is_public_address(std::string_view address);

// Pure: networks of /proc/net/route behind interfaces of containers.
std::vector<LocalNetworks::Network> parse_container_networks(std::string_view route);

}  // namespace plimsoll::probe::settings
