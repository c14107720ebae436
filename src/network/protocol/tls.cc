// TLS's handshake (RFC 8446 section 4.1): ClientHello tells the server's name, ServerHello the version.
#include "base/bytes.h"
#include "base/text.h"
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {
namespace {

constexpr uint8_t alert = 21, handshake = 22;
constexpr uint8_t client_hello = 1, server_hello = 2;
constexpr uint16_t name_extension = 0, versions_extension = 43;
constexpr size_t longest_hello = 15'000;

// The first handshake message, put together from its records; as far as it came.
struct Handshake {
  Verdict verdict = Verdict::more;  // likely: `body` is whole
  std::string body;
};

Handshake first_handshake(std::string_view records, uint8_t wanted) {
  std::string bytes;
  while (records.size() >= 5) {
    const uint64_t length = *be(records, 3, 2);
    if (u8(records, 0) != handshake || u8(records, 1) != 3 || u8(records, 2) > 4 || length == 0 || length > 16'640)
      return {Verdict::no, {}};
    bytes += records.substr(5, length);
    if (!bytes.empty() && u8(bytes, 0) != wanted) return {Verdict::no, {}};
    if (bytes.size() >= 4) {
      const uint64_t whole = *be(bytes, 1, 3);
      if (whole < 38 || whole > longest_hello) return {Verdict::no, {}};
      if (bytes.size() >= 4 + whole) return {Verdict::likely, bytes.substr(4, whole)};
    }
    records.remove_prefix(std::min<size_t>(records.size(), 5 + length));
  }
  if (bytes.empty() && !records.empty() && u8(records, 0) != handshake) return {Verdict::no, {}};
  return {};
}

std::string_view version_name(uint64_t number) {
  switch (number) {
    case 0x0300:
      return "SSL 3.0";
    case 0x0301:
      return "1.0";
    case 0x0302:
      return "1.1";
    case 0x0303:
      return "1.2";
    case 0x0304:
      return "1.3";
    default:
      return {};
  }
}

// Calls visit(type, body) for each extension.
template <class Visit>
void each_extension(ByteReader& reader, Visit visit) {
  const auto all = reader.u16be();
  if (!all) return;
  while (reader.remaining() >= 4) {
    const uint16_t type = *reader.u16be(), length = *reader.u16be();
    const auto body = reader.take(length);
    if (!body) return;
    visit(type, *body);
  }
}

// False: it is cut short or contradicts itself.
bool read_client_hello(std::string_view body, Identity& identity) {
  ByteReader reader(body);
  if (!reader.skip(2 + 32)) return false;
  const auto session = reader.u8();
  if (!session || !reader.skip(*session)) return false;
  const auto ciphers = reader.u16be();
  if (!ciphers || *ciphers % 2 != 0 || !reader.skip(*ciphers)) return false;
  const auto compressions = reader.u8();
  if (!compressions || !reader.skip(*compressions)) return false;
  each_extension(reader, [&](uint16_t type, std::string_view extension) {
    if (type != name_extension || u8(extension, 2) != 0) return;  // be16 of the list, type 0, be16, the name
    const auto length = be(extension, 3, 2);
    if (length && *length <= 255 && extension.size() >= 5 + *length)
      identity.server_name = extension.substr(5, *length);
  });
  return true;
}

bool read_server_hello(std::string_view body, Identity& identity) {
  ByteReader reader(body);
  auto version = reader.u16be();
  if (!version || !reader.skip(32)) return false;
  const auto session = reader.u8();
  if (!session || !reader.skip(*session) || !reader.skip(3)) return false;
  each_extension(reader, [&](uint16_t type, std::string_view extension) {
    if (type == versions_extension && extension.size() == 2) version = static_cast<uint16_t>(*be(extension, 0, 2));
  });
  identity.version = version_name(*version);
  return !identity.version.empty();
}

}  // namespace

Verdict look_tls(const Heads& heads, Identity& identity) {
  const Handshake client = first_handshake(heads.client, client_hello);
  if (client.verdict == Verdict::no) return Verdict::no;
  identity.application = "TLS";
  if (client.verdict == Verdict::likely && !read_client_hello(client.body, identity)) return Verdict::no;
  // Refused before a version was agreed on.
  if (u8(heads.server, 0) == alert && (heads.server.size() < 2 || u8(heads.server, 1) == 3))
    return client.verdict == Verdict::likely ? Verdict::sure : Verdict::more;
  const Handshake server = first_handshake(heads.server, server_hello);
  if (server.verdict == Verdict::no) return Verdict::no;
  if (server.verdict == Verdict::more) return client.verdict;
  if (!read_server_hello(server.body, identity)) return Verdict::no;
  return client.verdict == Verdict::likely ? Verdict::sure : Verdict::likely;
}

}  // namespace plimsoll::network
