#include "probe/network/relays.h"

namespace plimsoll::probe {
namespace {

constexpr size_t most = 65'536;

}  // namespace

bool Relays::is_second_leg(const SeenFlow& flow) const {
  return flow.record.client_owner.process == process && flow.client == owners_.host() && flow.server != owners_.host();
}

void Relays::learn(const SeenFlow& second_leg) {
  if (second_leg.server.empty()) return;
  if (seen_behind_.size() >= most) seen_behind_.clear();
  seen_behind_[second_leg.record.client_owner.pid] = second_leg.server;
}

AssetId Relays::behind(const SeenFlow& flow) const {
  const network::Owner& taker = flow.record.server_owner;
  if (flow.server != owners_.host() || (taker.process != process && !taker.process.empty())) return {};
  if (const auto seen = seen_behind_.find(taker.pid); taker.pid != 0 && seen != seen_behind_.end()) return seen->second;
  const auto published = owners_.published(flow.record.key.transport, flow.record.key.server.port);
  return published ? published->asset : AssetId{};
}

void Relays::count_first_leg(const SeenFlow& flow) {
  const network::FlowRecord& record = flow.record;
  if (record.server_owner.process != process || flow.server != owners_.host()) return;
  const auto behind = owners_.published(record.key.transport, record.key.server.port);
  if (behind && first_legs_.size() < most) ++first_legs_[{behind->asset, record.key.transport, behind->port}];
}

bool Relays::takes_for_second_leg(const SeenFlow& flow) {
  const network::FlowRecord& record = flow.record;
  if (flow.client != owners_.host() || !record.client_owner.process.empty()) return false;
  const auto found = first_legs_.find({flow.server, record.key.transport, record.key.server.port});
  if (found == first_legs_.end()) return false;
  if (--found->second == 0) first_legs_.erase(found);
  return true;
}

}  // namespace plimsoll::probe
