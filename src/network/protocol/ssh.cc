// SSH's identification lines (RFC 4253 section 4.2): "SSH-2.0-software comments", from both sides.
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {
namespace {

// "OpenSSH_9.2p1 Debian-2+deb12u3" -> OpenSSH, 9.2p1.
void read_software(std::string_view line, Identity& identity) {
  const size_t dash = line.find('-', 4);
  if (dash == std::string_view::npos) return;
  identity.version = line.substr(4, dash - 4);
  std::string_view software = line.substr(dash + 1);
  software = software.substr(0, software.find(' '));
  const size_t mark = software.find_first_of("_/-");
  identity.software = software.substr(0, mark);
  if (mark != std::string_view::npos) identity.software_version = software.substr(mark + 1);
}

}  // namespace

Verdict look_ssh(const Heads& heads, Identity& identity) {
  if (!agrees(heads.client, "SSH-") || !agrees(heads.server, "SSH-")) return Verdict::no;
  identity.application = "SSH";
  const auto client = first_line(heads.client), server = first_line(heads.server);
  if (server && server->size() >= 4) read_software(*server, identity);
  if (client && server) return Verdict::sure;
  return client || server ? Verdict::likely : Verdict::more;
}

}  // namespace plimsoll::network
