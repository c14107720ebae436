#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "model/incomplete.h"
#include "network/detect/detector.h"
#include "network/detect/finding.h"

namespace plimsoll::network {

// What the detectors of one sensor told, folded: one finding for each (detector, source address, target), whose count
// grows. Bounded; what the bound kept out, and what detectors lost to theirs, is counted.
class Findings {
 public:
  static constexpr size_t kMost = 4096;

  // Adds one sighting. `count` 0 counts as 1; severity and outcome only rise, and the evidence is that of the worst.
  void tell(Finding finding);
  // A finding as `row` describes it, about `flow`: from its client to its server.
  static Finding about(const DetectorRow& row, const FlowRecord& flow, Time at, std::string evidence);

  // A detector's table was full: `entries` of it were forgotten before their time.
  void lost(std::string_view detector, uint64_t entries = 1);

  std::vector<Finding> all() const;  // by first_seen, then detector, source, target
  IncompleteList losses() const;     // one line for each detector that lost something

 private:
  using Key = std::tuple<std::string, Address, Endpoint>;
  std::map<Key, Finding> findings_;
  std::map<std::string, uint64_t, std::less<>> lost_;
  uint64_t untold_ = 0;
};

}  // namespace plimsoll::network
