// Oracle's TNS: a CONNECT packet with a connect descriptor, answered by ACCEPT, REFUSE, REDIRECT or RESEND.
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {

Verdict look_oracle(const Heads& heads, Identity& identity) {
  constexpr uint8_t connect = 1, accept = 2, refuse = 4, redirect = 5, resend = 11;
  const std::string_view client = heads.client, server = heads.server;
  if (client.empty()) return server.empty() ? Verdict::more : Verdict::no;
  if (client.size() < 8) return Verdict::more;
  const uint64_t length = *be(client, 0, 2);
  if (u8(client, 4) != connect || length < 34 || length > 8192 || u8(client, 2) != 0 || u8(client, 3) != 0)
    return Verdict::no;
  if (client.size() < length) return Verdict::more;
  if (client.find("(DESCRIPTION=") == std::string_view::npos && client.find("(CONNECT_DATA=") == std::string_view::npos)
    return client.size() == length && server.empty() ? Verdict::more : Verdict::no;  // a long one follows by itself
  identity.application = "Oracle (TNS)";
  if (server.empty()) return Verdict::likely;
  if (server.size() < 8) return Verdict::more;
  const uint8_t answer = u8(server, 4);
  return answer == accept || answer == refuse || answer == redirect || answer == resend ? Verdict::sure : Verdict::no;
}

}  // namespace plimsoll::network
