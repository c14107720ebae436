#pragma once
#include <chrono>
#include <cstdint>

namespace plimsoll {

// How long the service keeps what (docs/journal.md); values come from data/policies/default.yaml through policy.
struct RetentionPolicy {
  std::chrono::seconds events{std::chrono::days(365)}, scores{std::chrono::days(365)}, flows{std::chrono::days(30)};
  std::chrono::seconds resolved_threats{std::chrono::days(180)}, gone_assets{std::chrono::days(90)};
  std::chrono::seconds fine_scores{std::chrono::days(14)}, fine_flows{std::chrono::days(2)};
  int most_megabytes = 4096;
  bool operator==(const RetentionPolicy&) const = default;
};

// How often it looks by itself (docs/service.md).
struct SchedulePolicy {
  std::chrono::seconds everything{3600};  // the host and every tree are read again
  std::chrono::seconds facts{60};         // all but the trees
  std::chrono::seconds database{0};       // the threat database is updated; 0: only when somebody asks
  bool operator==(const SchedulePolicy&) const = default;
};

}  // namespace plimsoll
