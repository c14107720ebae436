#pragma once
#include <string>
#include <vector>

#include "analyzer/analyzer.h"
#include "model/response.h"

namespace plimsoll::analyzer {

// What becomes otherwise when one policy takes the place of another.
struct PolicyTrial {
  struct Score {
    AssetId asset;
    std::string name;
    int before = 0, after = 0;
    ThreatLevel level_before = ThreatLevel::minimal, level_after = ThreatLevel::minimal;
  };
  enum class Change { same, added, altered, gone };
  // A rule that fires on an asset, or is held back by its limit.
  struct Firing {
    Change change = Change::same;
    std::string rule;
    bool held_back = false;
    AssetId asset;           // empty: held back
    std::string asset_name;  // likewise
    ResponseMode mode = ResponseMode::observe;
    std::string what, why;  // in words
    bool operator==(const Firing&) const = default;
  };
  // A threat that a policy file excepts of an asset by one of the two alone.
  struct Exempt {
    Change change = Change::added;  // or gone
    ThreatId threat;
    AssetId asset;
    std::string asset_name, owner, reason;
  };
  size_t assets = 0;
  std::vector<Score> scores;      // of those whose score or level changes
  std::vector<Firing> responses;  // by rule and name; those that no longer fire last
  size_t excepted = 0;            // threats that the second excepts
  std::vector<Exempt> exceptions;
};

// What is judged. Told: a report, which holds judgements instead of facts (judge_told() of analyzer.h).
struct TrialFacts {
  const Report& report;
  bool told = false;
};

// Judges them by both, as if all that a rule wants to have held `for` a time had held so long, and nothing were in
// force. Changes nothing anywhere. `go_on` is asked between the steps: false ends it (timeout).
Result<PolicyTrial> try_policy(const TrialFacts& facts, const threatdb::ThreatDb* db, const Judgement& before,
                               const Judgement& after, Instant now, const std::function<bool()>& go_on = {});

}  // namespace plimsoll::analyzer
