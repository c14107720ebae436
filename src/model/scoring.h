#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/ids.h"

namespace plimsoll {

// Constants of the threat level (docs/scoring.md); values come from data/policies/default.yaml through policy.
// The initial values here are the documented defaults, so that a test can build one without the file.
struct ScoringPolicy {
  double severity_exponent = 1.5;
  double likelihood_known_exploited = 1.0, likelihood_unknown = 0.7, likelihood_epss_base = 0.25,
         likelihood_epss_span = 0.75;
  double reach_wan = 1.0, reach_assets = 0.8, reach_none = 0.5;
  double reach_local = 0.5, reach_local_privileged = 0.8, reach_other = 1.0;
  double not_loaded_factor = 0.5;
  double discount_weight = 0.9, discount_rank = 0.75;
  double unknown_severity = 5.0;  // severity assumed where no source gives one: unknown is not harmless
  double check_critical = 9.5, check_high = 8.0, check_medium = 5.5, check_low = 2.5;  // severity of a failed check
  int points_takes_wan = 10, points_reaches_wan = 5, points_abnormal_network = 15, points_privileged = 15;
  int points_escape = 10;  // a sure route to its host is open and it is not counted as privileged (docs/decisions/0003)
  struct UserAddition {
    std::string name;
    std::string label;  // "key" or "key=value" an asset must carry
    int points = 0;
    bool operator==(const UserAddition&) const = default;
  };
  std::vector<UserAddition> user_additions;
  // Whose opinion of a vulnerability's severity is used, first wins: sources with `*`, or "highest". None that fits:
  // the one that matching chose.
  std::vector<std::string> severity_order;
  std::vector<std::string> checks_off;        // rules that are not evaluated: ids, or "host.ssh.*"
  std::vector<std::string> trusted_accounts;  // of a host: who may be root by a group (docker)
  // Benchmarks ("cis-docker") whose failed checks count; nothing: every failed check does.
  std::optional<std::vector<std::string>> benchmarks_counted;
  double edge_host_to_container = 0.3, edge_container_to_host = 0.02;
  double edge_escape_sure = 0.9, edge_escape_likely = 0.6, edge_escape_maybe = 0.2;
  double edge_seen = 0.2, edge_permitted = 0.1;
  double edge_outside_seen = 1.0, edge_outside_possible = 0.5;
  // docs/decisions: whether the bare edge outside -> asset is itself inherited (it is already counted in reach and
  // in the fixed addition); paths with at least one asset in between always are.
  bool inherit_direct_from_outside = false;
  int level_critical = 90, level_high = 70, level_medium = 40, level_low = 10;
  int db_age_warning_days = 7;
  bool operator==(const ScoringPolicy&) const = default;
};

// The constants of those assets that have others than the rest (docs/policy.md). Who shares: assets with the same.
using OwnScoring = std::map<AssetId, std::shared_ptr<const ScoringPolicy>>;

}  // namespace plimsoll
