#pragma once
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "model/report.h"
#include "system/machine.h"

namespace plimsoll::analyzer {

// Sees that programs were installed in, or removed from, file trees that were read: by the size, time and place of
// their package databases. A tree is told once in a while only, however often they change.
class PackageMarks {
 public:
  static constexpr std::chrono::seconds at_most_every{60};

  // Where the trees of `gathered` are. Those that are new here were read since `began`: what changed from then on is
  // told.
  void take(const system::Machine& machine, const Report& gathered, Instant began);
  // Its tree is read again.
  void forget(const AssetId& asset) { trees_.erase(asset); }
  // Those to be read again. Of one that cannot be looked at now, nothing is said.
  std::vector<AssetId> changed(const system::Machine& machine, std::chrono::steady_clock::time_point now);

 private:
  struct Tree {
    std::string root, mark;
  };
  std::map<AssetId, Tree> trees_;
  std::map<AssetId, std::chrono::steady_clock::time_point> told_;  // of the last while
};

}  // namespace plimsoll::analyzer
