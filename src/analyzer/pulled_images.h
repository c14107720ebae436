#pragma once
#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/report.h"

namespace plimsoll::analyzer {

// Images that were pulled while it watched: which are to be read when, and what they held. Of one thread.
class PulledImages {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr size_t most = 32;  // the newest are kept; as many may wait
  static constexpr size_t at_once = 6;
  static constexpr std::chrono::seconds within{60};  // no more than `at_once` are read in this time

  void heard(const std::string& reference);
  // All that are kept are read again, as far as they are still there.
  void read_again();
  bool is_due(Clock::time_point now) const;
  // Those to be read now. Each is to be answered with keep() or drop().
  std::vector<std::string> due(Clock::time_point now);
  void keep(const std::string& reference, AssetReport image);
  bool drop(const std::string& reference);  // whether it was kept
  // Beside what else was gathered.
  void add_to(Report& gathered) const;

 private:
  std::deque<std::string> waiting_;
  std::deque<std::string> order_;  // of what is kept, oldest first
  std::map<std::string, AssetReport> kept_;
  std::deque<Clock::time_point> read_;  // within the last while
};

}  // namespace plimsoll::analyzer
