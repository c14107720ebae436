// Memcached's text protocol (its doc/protocol.txt): a command line, answered by one of its replies.
#include <array>

#include "base/text.h"
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {
namespace {

constexpr std::array<std::string_view, 20> commands = {
    "get",    "gets", "gat",  "gats",  "set",   "add",     "replace",   "append",    "prepend", "cas",
    "delete", "incr", "decr", "touch", "stats", "version", "flush_all", "verbosity", "mg",      "ms"};
constexpr std::array<std::string_view, 19> replies = {"VALUE ",        "END\r\n",       "STORED\r\n",  "NOT_STORED\r\n",
                                                      "EXISTS\r\n",    "NOT_FOUND\r\n", "DELETED\r\n", "TOUCHED\r\n",
                                                      "OK\r\n",        "VERSION ",      "STAT ",       "ERROR\r\n",
                                                      "CLIENT_ERROR ", "SERVER_ERROR ", "RESET\r\n",   "HD",
                                                      "EN\r\n",        "VA ",           "NS"};

Verdict look_reply(std::string_view text) {
  for (const std::string_view reply : replies) {
    if (!agrees(text, reply)) continue;
    return text.size() < reply.size() ? Verdict::more : Verdict::sure;
  }
  // The new value of incr and decr.
  const auto line = first_line(text);
  if (!line) return text.size() <= 20 && is_plain(text.substr(0, text.find('\r'))) ? Verdict::more : Verdict::no;
  return parse_uint(*line) ? Verdict::sure : Verdict::no;
}

}  // namespace

Verdict look_memcached(const Heads& heads, Identity& identity) {
  if (heads.client.empty()) return heads.server.empty() ? Verdict::more : Verdict::no;
  const auto line = first_line(heads.client);
  if (!line)
    return heads.client.size() < 300 && is_plain(heads.client.substr(0, heads.client.find('\r'))) ? Verdict::more
                                                                                                  : Verdict::no;
  const std::string_view command = line->substr(0, line->find(' '));
  if (std::find(commands.begin(), commands.end(), command) == commands.end() || line->size() > 2048) return Verdict::no;
  if (heads.server.empty()) return Verdict::more;
  if (const Verdict reply = look_reply(heads.server); reply != Verdict::sure) return reply;
  identity.application = "Memcached";
  std::string_view version = between(heads.server, "VERSION ", "\r\n");
  if (version.empty()) version = between(heads.server, "STAT version ", "\r\n");
  identity.awaits_details = version.empty();
  if (version.empty()) return Verdict::sure;
  identity.software = "memcached";
  identity.software_version = version;
  return Verdict::sure;
}

}  // namespace plimsoll::network
