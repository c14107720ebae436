#pragma once
#include "analyzer/analyzer.h"
#include "assess/assess.h"
#include "policy/scoped_settings.h"

// The steps of judge(), each over all assets of a report; for those who judge a fleet in parts, too.
namespace plimsoll::analyzer {

// What judgement goes by, with the constants of each asset.
struct Constants {
  const Judgement& by;
  assess::Rules rules;

  Constants(const Report& report, const Judgement& judgement)
      : by(judgement),
        rules{judgement.policy.scoring, judgement.policy.routes, judgement.policy.cves,
              policy::own_scoring(judgement.policy, report.assets)} {}
  const ScoringPolicy& of(const AssetReport& asset) const { return rules.scoring_of(asset.asset.id); }
};

// Matches packages, tells pending updates, and what of both could not be assessed. `db` may be null.
void find_flaws(Report& report, const threatdb::ThreatDb* db, const Constants& constants, Instant now);
// Evaluates the rules; what failed is a threat, what could not be decided is told once an asset. Containers need the
// host of their node in the same report. `looked_up`: find_flaws() had a database.
void check_settings(Report& report, const Constants& constants, bool looked_up);
// How benchmarks came out over all assets whose settings were checked.
void rate_benchmarks(Report& report, const Judgement& by);
// By the exceptions that people made, and those of policy files.
void set_aside(Report& report, const Judgement& by, Instant now);

}  // namespace plimsoll::analyzer
