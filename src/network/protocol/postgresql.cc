// PostgreSQL's protocol 3 (the manual's chapter "Frontend/Backend Protocol"): a start-up message without a type byte,
// or before it a request for encryption, which the server answers with one letter.
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {
namespace {

constexpr uint64_t cancel_request = 80877102, ssl_request = 80877103, gss_request = 80877104;

// The parameter server_version that the server tells after it let the client in. True once nothing more can come of it.
bool read_parameters(std::string_view messages, Identity& identity) {
  while (!messages.empty() && (messages[0] == 'N' || messages[0] == 'G') && be(messages, 1, 4).value_or(0) > 0xffff)
    messages.remove_prefix(1);  // the answer to a request for encryption
  if (messages == "N") return false;
  while (messages.size() >= 5) {
    const char type = messages[0];
    const uint64_t length = *be(messages, 1, 4);
    if (length < 4 || length > 0xffff) return true;  // encrypted from here on
    if (messages.size() < 1 + length) return false;
    const std::string_view body = messages.substr(5, length - 4);
    constexpr std::string_view name("server_version\0", 15);
    if (type == 'S' && body.starts_with(name)) {
      const std::string_view value = body.substr(name.size());
      identity.software_version = value.substr(0, value.find_first_of(std::string_view(" \0", 2)));
      return true;
    }
    if (type == 'E' || type == 'Z') return true;
    messages.remove_prefix(1 + length);
  }
  return false;
}

bool is_opening(uint64_t length, uint64_t code) {
  if (code == ssl_request || code == gss_request) return length == 8;
  if (code == cancel_request) return length == 16;
  return code >> 16 == 3 && (code & 0xffff) <= 2 && length >= 9 && length <= 10'000;
}

}  // namespace

Verdict look_postgresql(const Heads& heads, Identity& identity) {
  if (heads.client.empty()) return heads.server.empty() ? Verdict::more : Verdict::no;
  const auto length = be(heads.client, 0, 4), code = be(heads.client, 4, 4);
  if (u8(heads.client, 0) != 0) return Verdict::no;
  if (!length || !code) return Verdict::more;
  if (!is_opening(*length, *code)) return Verdict::no;
  identity.application = "PostgreSQL";
  identity.version = "3";
  if (heads.server.empty()) return Verdict::likely;
  if (std::string_view("SNGRE").find(heads.server[0]) == std::string_view::npos) return Verdict::no;
  identity.software = "PostgreSQL";
  const bool encrypted = *code == ssl_request && heads.server[0] == 'S';
  identity.awaits_details = !encrypted && *code != cancel_request && !read_parameters(heads.server, identity);
  return Verdict::sure;
}

}  // namespace plimsoll::network
