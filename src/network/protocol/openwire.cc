// ActiveMQ's OpenWire: both sides begin with WIREFORMAT_INFO: be32 size, type 1, "ActiveMQ", be32 version.
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {
namespace {

Verdict look_side(std::string_view head) {
  if (head.empty()) return Verdict::more;
  if (u8(head, 0) != 0) return Verdict::no;
  if (head.size() < 17) return head.size() > 4 && u8(head, 4) != 1 ? Verdict::no : Verdict::more;
  return u8(head, 4) == 1 && head.substr(5, 8) == "ActiveMQ" && *be(head, 13, 4) < 100 ? Verdict::likely : Verdict::no;
}

}  // namespace

Verdict look_openwire(const Heads& heads, Identity& identity) {
  const Verdict client = look_side(heads.client), server = look_side(heads.server);
  if (client == Verdict::no || server == Verdict::no) return Verdict::no;
  if (client == Verdict::more && server == Verdict::more) return Verdict::more;
  identity.application = "ActiveMQ";
  identity.version = std::to_string(*be(client == Verdict::likely ? heads.client : heads.server, 13, 4));
  if (server == Verdict::likely) {
    identity.software = "ActiveMQ";
    // A map of properties: "ProviderVersion", type 9, be16 length, text.
    const size_t at = heads.server.find("ProviderVersion\t");
    if (at != std::string_view::npos) {
      const auto length = be(heads.server, at + 16, 2);
      if (length && *length < 32 && heads.server.size() >= at + 18 + *length)
        identity.software_version = heads.server.substr(at + 18, *length);
    }
  }
  return client == Verdict::likely && server == Verdict::likely ? Verdict::sure : Verdict::likely;
}

}  // namespace plimsoll::network
