// Bytes that claim to be a datagram of socket diagnostics: never a crash, and what is read makes one flow with two
// ends.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "network/tables/netlink_socket.h"
#include "network/tables/tap.h"

using namespace plimsoll;
using namespace plimsoll::network;

namespace {

void judge(const SocketSeen& socket) {
  for (const bool listening : {false, true}) {
    const Sighting sighting = sighting_of_socket(socket, listening, 7, listening, Time{});
    if (sighting.side == Side::way || sighting.name_space != 7) std::abort();
    const Endpoint& own = sighting.side == Side::server ? sighting.flow.key.server : sighting.flow.key.client;
    if (own != socket.local) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const std::optional<Transport> kind :
       {std::optional<Transport>(), std::optional(Transport::tcp), std::optional(Transport::udp)}) {
    (void)each_message(bytes, [&](uint16_t, std::string_view payload) {
      if (const auto socket = read_socket(payload, kind)) judge(*socket);
    });
    if (const auto socket = read_socket(bytes, kind)) judge(*socket);
  }
  return 0;
}
