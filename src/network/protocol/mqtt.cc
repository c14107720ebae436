// MQTT: CONNECT with the protocol's name and level (MQTT 3.1.1 section 3.1; MQTT 5.0), answered by CONNACK.
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {
namespace {

// The remaining length, 7 bits a byte; where the variable header begins.
std::optional<size_t> variable_header(std::string_view packet) {
  for (size_t at = 1; at < 5; ++at) {
    if ((u8(packet, at) & 0x80) == 0) return at + 1;
  }
  return std::nullopt;
}

}  // namespace

Verdict look_mqtt(const Heads& heads, Identity& identity) {
  if (heads.client.empty()) return heads.server.empty() ? Verdict::more : Verdict::no;
  if (u8(heads.client, 0) != 0x10) return Verdict::no;
  if (heads.client.size() < 12) return Verdict::more;
  const auto at = variable_header(heads.client);
  if (!at) return Verdict::no;
  const std::string_view header = heads.client.substr(*at);
  const bool old = header.starts_with(std::string_view("\0\6MQIsdp", 8));
  if (!old && !header.starts_with(std::string_view("\0\4MQTT", 6))) return Verdict::no;
  switch (u8(header, old ? 8 : 6)) {
    case 3:
      identity.version = "3.1";
      break;
    case 4:
      identity.version = "3.1.1";
      break;
    case 5:
      identity.version = "5.0";
      break;
    default:
      return Verdict::no;
  }
  identity.application = "MQTT";
  if (heads.server.empty()) return Verdict::likely;
  return u8(heads.server, 0) == 0x20 ? Verdict::sure : Verdict::no;
}

}  // namespace plimsoll::network
