// STOMP 1.0 to 1.2: a frame CONNECT or STOMP with headers, answered by CONNECTED (or ERROR).
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {

Verdict look_stomp(const Heads& heads, Identity& identity) {
  if (heads.client.empty()) return heads.server.empty() ? Verdict::more : Verdict::no;
  const auto line = first_line(heads.client);
  if (!line) return agrees(heads.client, "CONNECT\r") || agrees(heads.client, "STOMP\r") ? Verdict::more : Verdict::no;
  if (*line != "CONNECT" && *line != "STOMP") return Verdict::no;
  identity.application = "STOMP";
  if (heads.client.find('\0') == std::string_view::npos) return Verdict::more;
  if (heads.server.empty()) return Verdict::likely;
  const auto answer = first_line(heads.server);
  if (!answer)
    return agrees(heads.server, "CONNECTED\r") || agrees(heads.server, "ERROR\r") ? Verdict::likely : Verdict::no;
  if (*answer != "CONNECTED" && *answer != "ERROR") return Verdict::no;
  if (heads.server.find('\0') == std::string_view::npos && heads.server.size() < 2048) return Verdict::likely;
  identity.version = between(heads.server, "\nversion:", "\r\n");
  const std::string_view software = between(heads.server, "\nserver:", "\r\n");
  identity.software = software.substr(0, software.find('/'));
  if (const size_t slash = software.find('/'); slash != std::string_view::npos)
    identity.software_version = software.substr(slash + 1, software.find(' ') - slash - 1);
  if (identity.software == "ActiveMQ") identity.application = "ActiveMQ";
  return Verdict::sure;
}

}  // namespace plimsoll::network
