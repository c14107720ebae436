#pragma once
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/report.h"
#include "model/response.h"

namespace plimsoll::assess {

// Whether all that `condition` says holds for `asset`, but for `rises`, which needs a past. The sentence says by what:
// "score 93; CVE-2021-44228 is known to be exploited". Pure.
struct Held {
  bool holds = false;
  std::string why;
};
Held holds(const ResponseCondition& condition, const AssetReport& asset, Instant now);

// What one deciding leaves for the next. Bounded by the assets and rules there are.
struct ResponseMemory {
  struct Match {
    Instant since{};  // has held without a break
    Instant fired{};  // the epoch: not since then
  };
  std::map<std::pair<std::string, AssetId>, Match> matches;               // by rule and asset
  std::map<AssetId, std::vector<std::pair<Instant, int>>> scores;         // those of the last day
  std::map<std::string, std::vector<std::pair<Instant, AssetId>>> acted;  // by rule, within its limit's time
  std::map<std::string, std::set<AssetId>> held_back;                     // told already
};

// What a rule wants done to an asset.
struct ResponseProposal {
  std::string rule;
  AssetId asset;
  std::string asset_name, why;
  ResponseMode mode = ResponseMode::observe;
};

// A rule that would have acted on more assets than its limit allows, and so acts on none of these.
struct HeldBack {
  std::string rule;
  std::vector<AssetId> assets;
  std::string why;  // "would act on 12 assets, 1 was acted on within 1 h; its limit is 3"
};

struct ResponseDecision {
  std::vector<ResponseProposal> proposals;  // in the order of the rules, then of the assets
  std::vector<HeldBack> held_back;
};

// Which rules fire on `report`, which is assessed. `in_force`: pairs of rule and asset that have an open response;
// they do not fire again. A rule fires once when its condition begins to hold, and again when it still (or again) holds
// after the cooldown; one that only observes tells once. Deterministic; does no I/O.
ResponseDecision decide_responses(const Report& report, const ResponsePolicy& policy,
                                  const std::set<std::pair<std::string, AssetId>>& in_force, ResponseMemory& memory,
                                  Instant now);

}  // namespace plimsoll::assess
