// Erlang's port mapper: be16 length and a request letter; the answer repeats none of it but has a letter of its own.
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {

Verdict look_epmd(const Heads& heads, Identity& identity) {
  const std::string_view client = heads.client, server = heads.server;
  if (client.empty()) return server.empty() ? Verdict::more : Verdict::no;
  if (client.size() < 3) return Verdict::more;
  const uint64_t length = *be(client, 0, 2);
  const char request = client[2];
  if (length == 0 || length > 512 || client.size() > 2 + length) return Verdict::no;
  if (request != 'n' && request != 'x' && request != 'z') return Verdict::no;
  if (client.size() < 2 + length) return Verdict::more;
  identity.application = "EPMD";
  const std::string_view name = client.substr(3, length - 1);
  switch (request) {
    case 'n':  // all names; answered by the mapper's own port
      if (length != 1) return Verdict::no;
      if (server.size() < 4) return Verdict::more;
      return *be(server, 0, 4) == heads.server_port ? Verdict::sure : Verdict::no;
    case 'x':  // a node tells its port, type (77 or 72) and protocol (0)
      if (length < 13 || (u8(client, 5) != 77 && u8(client, 5) != 72) || u8(client, 6) != 0) return Verdict::no;
      if (server.empty()) return Verdict::likely;
      return server[0] == 'y' || server[0] == 'v' ? Verdict::sure : Verdict::no;
    default:  // where is the node of this name
      if (name.empty() || !is_plain(name)) return Verdict::no;
      if (server.empty()) return Verdict::more;
      return server[0] == 'w' ? Verdict::sure : Verdict::no;
  }
}

}  // namespace plimsoll::network
