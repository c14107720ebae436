// MongoDB's wire protocol: little-endian header (length, request, answer to, operation). OP_MSG 2013, OP_COMPRESSED
// 2012, the old OP_QUERY 2004 and OP_REPLY 1.
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {
namespace {

constexpr uint64_t message = 2013, compressed = 2012, query = 2004, reply = 1;

bool is_message(std::string_view head, bool from_client) {
  const uint64_t length = *le(head, 0, 4), operation = *le(head, 12, 4);
  if (length < 16 || length > (48u << 20)) return false;
  if (operation == message)
    return length > 21 && *le(head, 16, 4) <= 0x1'0003 && (head.size() < 21 || u8(head, 20) <= 1);
  return operation == compressed || operation == (from_client ? query : reply);
}

}  // namespace

Verdict look_mongodb(const Heads& heads, Identity& identity) {
  const std::string_view client = heads.client, server = heads.server;
  if (client.empty()) return server.empty() ? Verdict::more : Verdict::no;
  if (client.size() < 20) return client.size() >= 4 && *le(client, 0, 4) > (48u << 20) ? Verdict::no : Verdict::more;
  if (!is_message(client, true)) return Verdict::no;
  identity.application = "MongoDB";
  if (server.empty()) return Verdict::likely;
  if (server.size() < 20) return Verdict::more;
  if (!is_message(server, false) || *le(server, 8, 4) != *le(client, 4, 4)) return Verdict::no;
  // A BSON text (type 2): name, le32 length with its NUL, text. Of buildInfo, which some clients ask first.
  constexpr std::string_view mark("\2version\0", 9);
  const size_t at = server.find(mark);
  if (at != std::string_view::npos) {
    const auto length = le(server, at + mark.size(), 4);
    if (length && *length > 1 && *length < 32 && server.size() >= at + mark.size() + 4 + *length) {
      identity.software = "MongoDB";
      identity.software_version = server.substr(at + mark.size() + 4, *length - 1);
    }
  }
  identity.awaits_details = identity.software.empty() && server.size() < *le(server, 0, 4);
  return Verdict::sure;
}

}  // namespace plimsoll::network
