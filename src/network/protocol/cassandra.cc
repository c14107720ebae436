// Cassandra's native protocol (CQL v3 to v5): a client begins with OPTIONS or STARTUP; and what its nodes say to each
// other, which begins with a magic number.
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {
namespace {

constexpr uint8_t error = 0, startup = 1, ready = 2, authenticate = 3, options = 5, supported = 6;

}  // namespace

Verdict look_cassandra(const Heads& heads, Identity& identity) {
  const std::string_view client = heads.client, server = heads.server;
  if (client.empty()) return server.empty() ? Verdict::more : Verdict::no;
  identity.application = "Cassandra (CQL)";
  if (u8(client, 0) == 0xca) {
    const Verdict between_nodes = begins_with(client, "\xca\x55\x2d\xfa");
    if (between_nodes == Verdict::likely) identity.application = "Cassandra";
    return between_nodes == Verdict::likely && !server.empty() ? Verdict::sure : between_nodes;
  }
  const uint8_t version = u8(client, 0);
  if (version < 3 || version > 5) return Verdict::no;
  if (client.size() < 9) return Verdict::more;
  const uint8_t operation = u8(client, 4);
  const uint64_t length = *be(client, 5, 4);
  if (u8(client, 1) > 0x1f || (operation != startup && operation != options) || length > 4096) return Verdict::no;
  if (operation == options && length != 0) return Verdict::no;
  if (client.size() < 9 + length) return Verdict::more;
  identity.version = std::to_string(version);
  if (server.empty()) return client.size() == 9 + length ? Verdict::likely : Verdict::no;
  if (server.size() < 9) return Verdict::more;
  const uint8_t answer = u8(server, 4);
  const bool fits = answer == supported || answer == ready || answer == authenticate || answer == error;
  if (u8(server, 0) < 0x83 || u8(server, 0) > 0x85 || !fits) return Verdict::no;
  return *be(server, 2, 2) == *be(client, 2, 2) ? Verdict::sure : Verdict::no;
}

}  // namespace plimsoll::network
