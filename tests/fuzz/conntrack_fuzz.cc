// Bytes that claim to be a datagram of connection tracking, and all of them into one table of translations: never a
// crash, and no true ends but those that an entry told.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "network/tables/netlink_socket.h"
#include "network/tables/tap.h"
#include "probe/network/nat_table.h"

using namespace plimsoll;
using namespace plimsoll::network;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  probe::NatTable table(4);
  const auto take = [&](uint16_t type, std::string_view payload) {
    const auto entry = read_tracked(type, payload);
    if (!entry) return;
    const Sighting sighting = sighting_of_tracked(*entry, 7, Time{});
    if (sighting.side != Side::way || sighting.flow.key.client != entry->original.client) std::abort();
    table.add(*entry);
    const auto ends = table.true_ends(entry->original);
    if (ends && (ends->client != entry->original.client || ends->server != entry->reply.server)) std::abort();
  };
  (void)each_message(bytes, take);
  for (const uint16_t type : {uint16_t{0x0100}, uint16_t{0x0102}}) take(type, bytes);
  return 0;
}
