#include <algorithm>
#include <iterator>

#include "analyzer/analyzer.h"
#include "assess/assess.h"
#include "assess/pending.h"

namespace plimsoll::analyzer {
namespace {

void match_asset(AssetReport& asset, const threatdb::ThreatDb& db) {
  Inventory inventory;
  inventory.os = asset.os;
  inventory.packages = asset.packages;
  const threatdb::MatchContext context{asset.asset.kind, asset.host ? asset.host->kernel_release : ""};
  Result<threatdb::Matches> matches = db.match(inventory, context);
  IncompleteList& not_assessed = asset.assessment.not_assessed;
  if (!matches.ok()) {
    not_assessed.push_back({"vulnerabilities", matches.error().to_string(), matches.error().advice});
    return;
  }
  asset.threats = std::move(matches->threats);
  not_assessed.insert(not_assessed.end(), matches->not_assessed.begin(), matches->not_assessed.end());
}

void add_pending(AssetReport& asset, const policy::Policy& policy, Instant now) {
  assess::PendingUpdates pending = assess::pending_updates(asset, now, policy.scoring.db_age_warning_days);
  std::move(pending.threats.begin(), pending.threats.end(), std::back_inserter(asset.threats));
  IncompleteList& gaps = asset.assessment.not_assessed;
  gaps.insert(gaps.end(), pending.not_assessed.begin(), pending.not_assessed.end());
}

}  // namespace

void judge(Report& report, const threatdb::ThreatDb* db, const policy::Policy& policy, Instant now) {
  report.generated_at = now;
  report.tool_version = PLIMSOLL_VERSION;
  if (db != nullptr) report.threat_db = db->info();
  for (AssetReport& asset : report.assets) {
    if (db != nullptr) {
      match_asset(asset, *db);
    } else {
      asset.assessment.not_assessed.push_back({"vulnerabilities", "there is no threat database", "plimsoll db update"});
    }
    add_pending(asset, policy, now);
    if (asset.packages.empty()) {
      asset.assessment.not_assessed.push_back(
          {"packages", "no package was found: no package database, or nothing readable", {}});
    }
  }
  assess::assess(report, {policy.scoring, policy.routes, policy.cves});
}

}  // namespace plimsoll::analyzer
