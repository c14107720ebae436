// The binary protocol of Memcached, and Couchbase's, which adds operations to it: a header of 24 bytes on both sides,
// with the same opaque number.
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {
namespace {

constexpr size_t header = 24;
constexpr uint8_t request_magic = 0x80, response_magic = 0x81, flexible_response_magic = 0x18;

bool is_header(std::string_view head, bool flexible) {
  const uint64_t key = flexible ? u8(head, 3) : *be(head, 2, 2);
  return *be(head, 8, 4) >= key + u8(head, 4) && *be(head, 8, 4) <= (21u << 20) && u8(head, 5) <= 7;
}

// Operations that only Couchbase has: HELLO, SASL, select bucket, cluster configuration.
bool is_couchbase(uint8_t operation) {
  return operation == 0x1f || operation == 0x89 || operation == 0xb5 || (operation >= 0x20 && operation <= 0x22);
}

}  // namespace

Verdict look_couchbase(const Heads& heads, Identity& identity) {
  const std::string_view client = heads.client, server = heads.server;
  if (client.empty()) return server.empty() ? Verdict::more : Verdict::no;
  if (u8(client, 0) != request_magic) return Verdict::no;
  if (client.size() < header) return Verdict::more;
  if (!is_header(client, false)) return Verdict::no;
  const uint8_t operation = u8(client, 1);
  identity.application = is_couchbase(operation) ? "Couchbase" : "Memcached";
  if (server.size() < header) return server.empty() ? Verdict::likely : Verdict::more;
  const bool flexible = u8(server, 0) == flexible_response_magic;
  if (!flexible && u8(server, 0) != response_magic) return Verdict::no;
  const bool answers = u8(server, 1) == operation && *be(server, 12, 4) == *be(client, 12, 4);
  return answers && is_header(server, flexible) ? Verdict::sure : Verdict::no;
}

}  // namespace plimsoll::network
