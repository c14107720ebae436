#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "probe/network/observation.h"

namespace plimsoll::probe {

// Flows folded by what they have in common: the ends without the client's port, protocol, and whether they came about.
// Bounded: what does not fit is counted.
class FlowSummary {
 public:
  explicit FlowSummary(size_t most = 16'384) : most_(most) {}

  void add(const SeenFlow& flow);
  std::vector<SeenFlow> rows() const;  // in the order of their ends
  uint64_t left_out() const { return left_out_; }
  bool empty() const { return rows_.empty(); }
  void clear();

 private:
  using Key = std::tuple<AssetId, AssetId, Transport, network::Address, network::Endpoint, std::string, int>;
  size_t most_;
  std::map<Key, SeenFlow> rows_;
  uint64_t left_out_ = 0;
};

}  // namespace plimsoll::probe
