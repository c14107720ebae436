// NATS: the server begins with "INFO {json}", the client answers "CONNECT {json}" or "PING".
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {

Verdict look_nats(const Heads& heads, Identity& identity) {
  if (heads.server.empty()) return heads.client.empty() ? Verdict::more : Verdict::no;
  const Verdict greeting = begins_with(heads.server, "INFO {");
  if (greeting != Verdict::likely) return greeting;
  const auto line = first_line(heads.server);
  if (!line) return Verdict::more;
  if (line->find("\"server_id\"") == std::string_view::npos) return Verdict::no;
  identity.application = "NATS";
  identity.software = "NATS Server";
  identity.software_version = between(*line, "\"version\":\"", "\"");
  identity.version = between(*line, "\"proto\":", ",}");
  return Verdict::sure;
}

}  // namespace plimsoll::network
