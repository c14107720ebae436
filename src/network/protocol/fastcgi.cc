// FastCGI 1.0: FCGI_BEGIN_REQUEST for request 1, 8 bytes of body; the server answers with records of the same request.
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {

Verdict look_fastcgi(const Heads& heads, Identity& identity) {
  if (heads.client.empty()) return heads.server.empty() ? Verdict::more : Verdict::no;
  const Verdict begin = begins_with(heads.client, std::string_view("\1\1\0\1\0\10\0", 7));
  if (begin != Verdict::likely) return begin;
  if (heads.client.size() < 16) return Verdict::more;
  if (*be(heads.client, 8, 2) < 1 || *be(heads.client, 8, 2) > 3) return Verdict::no;  // the role
  identity.application = "FastCGI";
  identity.version = "1";
  if (heads.server.size() < 4) return Verdict::likely;
  return u8(heads.server, 0) == 1 && be(heads.server, 2, 2) == 1u ? Verdict::sure : Verdict::no;
}

}  // namespace plimsoll::network
