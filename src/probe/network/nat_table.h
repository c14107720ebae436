#pragma once
#include <cstddef>
#include <deque>
#include <optional>
#include <unordered_map>

#include "network/flow_record.h"
#include "network/tables/conntrack.h"
#include "probe/network/flow_hash.h"

namespace plimsoll::probe {

// Which flows the kernel translates: both ends see other addresses of the same connection. Keeps the latest ones,
// bounded.
class NatTable {
 public:
  explicit NatTable(size_t most = 32'768) : most_(most) {}

  void add(const network::Tracked& entry);

  // The flow as it truly is, who opened it to who answers it: a published port's client and its container. Nothing:
  // `seen` is not known to be translated.
  std::optional<network::FlowKey> true_ends(const network::FlowKey& seen) const;

 private:
  size_t most_;
  std::unordered_map<network::FlowKey, network::FlowKey, FlowHash> ends_;
  std::deque<network::FlowKey> order_;
};

}  // namespace plimsoll::probe
