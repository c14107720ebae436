// MySQL's greeting (protocol 10), which the server sends first. MariaDB puts "5.5.5-" before its version, so that old
// replicas take it.
#include <charconv>

#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {
namespace {

bool is_version(std::string_view text) {
  unsigned major = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), major);
  return parsed.ec == std::errc() && major < 1000 && parsed.ptr != text.data() + text.size() && *parsed.ptr == '.' &&
         is_plain(text) && text.size() < 100;
}

void read_version(std::string_view text, Identity& identity) {
  const bool maria = text.find("MariaDB") != std::string_view::npos;
  if (maria && text.starts_with("5.5.5-")) text.remove_prefix(6);
  identity.software = maria ? "MariaDB" : "MySQL";
  identity.software_version = text.substr(0, text.find('-'));
}

// Instead of a greeting: too many connections, host blocked, host not allowed.
bool is_refusal(std::string_view packet) {
  const auto code = le(packet, 5, 2);
  return u8(packet, 4) == 0xff && code && (*code == 1040 || *code == 1129 || *code == 1130);
}

}  // namespace

Verdict look_mysql(const Heads& heads, Identity& identity) {
  const std::string_view packet = heads.server;
  if (packet.empty()) return heads.client.empty() ? Verdict::more : Verdict::no;
  const auto length = le(packet, 0, 3);
  if (!length || packet.size() < 7) return Verdict::more;
  if (*length >= 512 || u8(packet, 3) != 0) return Verdict::no;
  identity.application = "MySQL";
  if (is_refusal(packet)) return Verdict::sure;
  if (u8(packet, 4) != 10) return Verdict::no;
  identity.version = "10";
  if (packet.size() < 4 + *length) return Verdict::more;
  if (packet.size() > 4 + *length && heads.client.empty()) return Verdict::no;
  const std::string_view body = packet.substr(5, *length - 1);
  const size_t end = body.find('\0');
  // After the version: thread id (4), salt (8), a zero.
  if (end == std::string_view::npos || !is_version(body.substr(0, end)) || body.size() < end + 14) return Verdict::no;
  if (body[end + 13] != '\0') return Verdict::no;
  read_version(body.substr(0, end), identity);
  return Verdict::sure;
}

}  // namespace plimsoll::network
