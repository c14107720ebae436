#pragma once
#include <map>
#include <string>
#include <tuple>

#include "probe/network/observation.h"
#include "report/render.h"

namespace plimsoll::cli {

using AssetNames = std::map<AssetId, std::string>;

// What `network watch` shows of one observation after the other: rates are what came since the one before.
class WatchView {
 public:
  // At most `most_rows` flows, the busiest first; what is left out is told. 0: all.
  std::string table(const probe::Observation& seen, const AssetNames& names, const report::Options& how,
                    size_t most_rows);

 private:
  using Key = std::tuple<AssetId, AssetId, network::FlowKey, std::string, network::FlowState>;
  std::map<Key, uint64_t> bytes_before_;
  network::Time at_before_{};
};

// One line each, as --format json has them.
std::string flow_line(const probe::SeenFlow& flow, const AssetNames& names);
std::string state_line(const probe::Observation& seen);

}  // namespace plimsoll::cli
