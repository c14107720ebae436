// Ceph's messenger: a banner from both sides, "ceph v027" or "ceph v2".
#include "network/protocol/fields.h"
#include "network/protocol/recognisers.h"

namespace plimsoll::network {

Verdict look_ceph(const Heads& heads, Identity& identity) {
  if (!agrees(heads.client, "ceph v") || !agrees(heads.server, "ceph v")) return Verdict::no;
  identity.application = "Ceph";
  const size_t longer = std::max(heads.client.size(), heads.server.size());
  if (longer < 8) return Verdict::more;
  identity.version = (heads.server.size() < 8 ? heads.client : heads.server)[6] == '2' ? "2" : "1";
  return std::min(heads.client.size(), heads.server.size()) >= 6 ? Verdict::sure : Verdict::likely;
}

}  // namespace plimsoll::network
