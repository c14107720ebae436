#include "probe/network/nat_table.h"

namespace plimsoll::probe {

void NatTable::add(const network::Tracked& entry) {
  const network::FlowKey truth{entry.original.transport, entry.original.client, entry.reply.server};
  for (const network::FlowKey& seen : {entry.original, entry.reply}) {
    // What is not translated needs no entry, but an older connection may have left one under the same name.
    if (const auto older = ends_.find(seen); older != ends_.end()) {
      older->second = truth;
    } else if (seen != truth) {
      ends_.emplace(seen, truth);
      order_.push_back(seen);
    }
  }
  while (order_.size() > most_) {
    ends_.erase(order_.front());
    order_.pop_front();
  }
}

std::optional<network::FlowKey> NatTable::true_ends(const network::FlowKey& seen) const {
  const auto found = ends_.find(seen);
  if (found == ends_.end()) return std::nullopt;
  return found->second;
}

}  // namespace plimsoll::probe
