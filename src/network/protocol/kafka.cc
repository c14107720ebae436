// Kafka: be32 size, be16 api key, be16 version, be32 correlation id, then the client's name; the answer begins with a
// size and the same correlation id.
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {

Verdict look_kafka(const Heads& heads, Identity& identity) {
  constexpr uint64_t metadata = 3, find_coordinator = 10, sasl_handshake = 17, api_versions = 18;
  const std::string_view client = heads.client, server = heads.server;
  if (client.empty()) return server.empty() ? Verdict::more : Verdict::no;
  if (client.size() < 14) return Verdict::more;
  const uint64_t size = *be(client, 0, 4);
  if (size < 10 || size > (100u << 20) || *be(client, 4, 2) > 92 || *be(client, 6, 2) > 20) return Verdict::no;
  const uint64_t name = *be(client, 12, 2);
  if (name != 0xffff) {
    if (name > 255 || name + 10 > size) return Verdict::no;
    if (client.size() < 14 + name) return Verdict::more;
    if (!is_plain(client.substr(14, name))) return Verdict::no;
  }
  // A nameless one is too little to go by, unless it is one of the requests that connections begin with.
  const uint64_t key = *be(client, 4, 2);
  const bool named = name != 0xffff && name != 0;
  const bool begins = key == metadata || key == sasl_handshake || key == api_versions || key == find_coordinator;
  if (!named && !begins) return Verdict::no;
  identity.application = "Kafka";
  if (server.size() < 8) return named ? Verdict::likely : Verdict::more;
  const uint64_t answer = *be(server, 0, 4);
  return answer >= 4 && answer <= (100u << 20) && *be(server, 4, 4) == *be(client, 8, 4) ? Verdict::sure : Verdict::no;
}

}  // namespace plimsoll::network
