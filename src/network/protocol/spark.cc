// Spark's network frames: be64 length of the whole frame, type; 3 a request (be64 id, be32 length of its body), 4 its
// answer with the same id, 9 a message that none answers.
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {

Verdict look_spark(const Heads& heads, Identity& identity) {
  constexpr uint8_t request = 3, answer = 4, failure = 5, one_way = 9;
  const std::string_view client = heads.client, server = heads.server;
  if (client.empty()) return server.empty() ? Verdict::more : Verdict::no;
  if (u8(client, 0) != 0 || u8(client, 1) != 0 || u8(client, 2) != 0 || u8(client, 3) != 0) return Verdict::no;
  if (client.size() < 21) return Verdict::more;
  const uint64_t frame = *be(client, 0, 8);
  const uint8_t type = u8(client, 8);
  if (frame > (256u << 10)) return Verdict::no;
  if (type == one_way && frame == *be(client, 9, 4) + 13) {
    identity.application = "Spark";
    return Verdict::likely;
  }
  if (type != request || frame != *be(client, 17, 4) + 21) return Verdict::no;
  identity.application = "Spark";
  if (server.size() < 17) return Verdict::likely;
  const bool answers = (u8(server, 8) == answer || u8(server, 8) == failure) && *be(server, 9, 8) == *be(client, 9, 8);
  return answers ? Verdict::sure : Verdict::no;
}

}  // namespace plimsoll::network
