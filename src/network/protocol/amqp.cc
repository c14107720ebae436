// AMQP: the protocol header "AMQP" with id and version (AMQP 0-9-1 section 4.2.2; AMQP 1.0 part 2), answered by the
// method Connection.Start, whose server-properties name the product, or by a header.
#include <fmt/format.h>

#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {
namespace {

// The long string of this name in a field table: 'S', be32 length, text.
std::string_view property(std::string_view table, std::string_view name) {
  const size_t at = table.find(name);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = table.substr(at + name.size());
  const auto length = be(rest, 1, 4);
  if (u8(rest, 0) != 'S' || !length || *length > 64 || rest.size() < 5 + *length) return {};
  return rest.substr(5, *length);
}

}  // namespace

Verdict look_amqp(const Heads& heads, Identity& identity) {
  if (heads.client.empty()) return heads.server.empty() ? Verdict::more : Verdict::no;
  const Verdict header = begins_with(heads.client, "AMQP");
  if (header != Verdict::likely) return header;
  if (heads.client.size() < 8) return Verdict::more;
  identity.application = "AMQP";
  identity.version = u8(heads.client, 4) == 0
                         ? fmt::format("{}-{}-{}", u8(heads.client, 5), u8(heads.client, 6), u8(heads.client, 7))
                         : fmt::format("{}.{}", u8(heads.client, 5), u8(heads.client, 6));
  if (heads.server.empty()) return Verdict::likely;
  if (heads.server.starts_with("AMQP")) return Verdict::sure;
  // A method frame on channel 0: class 10, method 10.
  const auto length = be(heads.server, 3, 4);
  if (!length || heads.server.size() < 11) return Verdict::more;
  if (u8(heads.server, 0) != 1 || be(heads.server, 1, 2) != 0u || be(heads.server, 7, 4) != 0x000a000au)
    return Verdict::no;
  const std::string_view properties = heads.server.substr(11);
  identity.software = property(properties, "product");
  identity.software_version = property(properties, "version");
  if (identity.software == "RabbitMQ") identity.application = "RabbitMQ";
  if (heads.server.size() < 7 + *length && heads.server.size() < 4096) return Verdict::likely;
  return Verdict::sure;
}

}  // namespace plimsoll::network
