#include "analyzer/judge_steps.h"

#include <algorithm>
#include <iterator>

#include "analyzer/engine_packages.h"
#include "analyzer/judged_facts.h"
#include "assess/exceptions.h"
#include "assess/opinions.h"
#include "assess/pending.h"
#include "benchmark/evaluate.h"
#include "benchmark/pass_rates.h"

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

void find_flaws(Report& report, const threatdb::ThreatDb* db, const Constants& constants, Instant now) {
  for (AssetReport& asset : report.assets) {
    if (db != nullptr) {
      match_asset(asset, *db);
      if (asset.asset.kind == AssetKind::host) set_open_ends_aside(asset);
      assess::prefer_opinions(asset, constants.of(asset));
    } else {
      asset.assessment.not_assessed.push_back({"vulnerabilities", "there is no threat database", "plimsoll db update"});
    }
    add_pending(asset, constants.by.policy, now);
    if (asset.packages.empty()) {
      asset.assessment.not_assessed.push_back(
          {"packages", "no package was found: no package database, or nothing readable", {}});
    }
  }
}

void check_settings(Report& report, const Constants& constants, bool looked_up) {
  const Judgement& by = constants.by;
  benchmark::evaluate(report, by.rules, judged_facts(report, constants, looked_up));
  for (AssetReport& asset : report.assets) {
    benchmark::switch_off(asset, constants.of(asset));
    std::vector<Threat> failed = benchmark::threats_of(asset.checks, by.rules, constants.of(asset));
    asset.threats.insert(asset.threats.end(), std::make_move_iterator(failed.begin()),
                         std::make_move_iterator(failed.end()));
    std::stable_sort(asset.threats.begin(), asset.threats.end(), [](const Threat& a, const Threat& b) {
      return a.severity.score.value_or(5) > b.severity.score.value_or(5);  // as matching orders
    });
    const auto counts = count_outcomes(asset.checks);
    const size_t unknown = counts[static_cast<size_t>(CheckOutcome::unknown)];
    if (unknown == 0) continue;
    asset.assessment.not_assessed.push_back(
        {std::to_string(unknown) + " of " + std::to_string(asset.checks.size()) + " checks",
         "their settings could not be read, or not decided", "plimsoll benchmark tells each with its reason"});
  }
}

void rate_benchmarks(Report& report, const Judgement& by) {
  report.benchmarks = benchmark::pass_rates(report, benchmark::applicable_maps(report, by.rules.maps));
}

void set_aside(Report& report, const Judgement& by, Instant now) {
  std::vector<Exception> exceptions = by.policy.exceptions;
  if (by.exceptions != nullptr) exceptions.insert(exceptions.end(), by.exceptions->begin(), by.exceptions->end());
  assess::set_aside(report, exceptions, now);
}

}  // namespace plimsoll::analyzer
