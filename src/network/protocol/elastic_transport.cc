// What nodes of Elasticsearch and OpenSearch say to each other: "ES", be32 length, be64 request, status, be32 version;
// the first request is the action "internal:tcp/handshake". The two cannot be told apart here.
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {

Verdict look_elastic_transport(const Heads& heads, Identity& identity) {
  if (heads.client.empty()) return heads.server.empty() ? Verdict::more : Verdict::no;
  const Verdict magic = begins_with(heads.client, "ES");
  if (magic != Verdict::likely) return magic;
  if (heads.client.size() < 19) return Verdict::more;
  if (*be(heads.client, 2, 4) < 13 || *be(heads.client, 2, 4) > (1u << 30)) return Verdict::no;
  identity.application = "Elasticsearch";
  const bool named = heads.client.find("internal:") != std::string_view::npos;
  if (heads.server.empty()) return named ? Verdict::likely : Verdict::more;
  if (!agrees(heads.server, "ES")) return Verdict::no;
  const bool same = heads.server.size() >= 14 && heads.server.substr(6, 8) == heads.client.substr(6, 8);
  return same ? Verdict::sure : Verdict::likely;
}

}  // namespace plimsoll::network
