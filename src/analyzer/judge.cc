#include <algorithm>
#include <iterator>

#include "analyzer/judge_steps.h"
#include "assess/network_threats.h"
#include "assess/opinions.h"
#include "benchmark/evaluate.h"
#include "policy/exception_settings.h"

namespace plimsoll::analyzer {

void judge_settings(Report& report, const Judgement& by, Instant now) {
  report.generated_at = now;
  report.tool_version = PLIMSOLL_VERSION;
  const Constants constants(report, by);
  assess::mark_outside(report, by.policy.network);
  assess::add_network_threats(report);
  check_settings(report, constants, false);
  rate_benchmarks(report, by);
  set_aside(report, by, now);
  assess::assess(report, constants.rules);
}

void judge(Report& report, const threatdb::ThreatDb* db, const Judgement& by, Instant now) {
  report.generated_at = now;
  report.tool_version = PLIMSOLL_VERSION;
  const Constants constants(report, by);
  assess::mark_outside(report, by.policy.network);
  if (db != nullptr) report.threat_db = db->info();
  find_flaws(report, db, constants, now);
  assess::add_network_threats(report);
  check_settings(report, constants, db != nullptr);
  rate_benchmarks(report, by);
  set_aside(report, by, now);
  assess::assess(report, constants.rules);
}

void judge_told(Report& report, const Judgement& by, Instant now) {
  const Constants constants(report, by);
  for (AssetReport& asset : report.assets) {
    // What people excepted stays so; what files except is looked at again.
    std::erase_if(asset.excepted, [&](ExceptedThreat& excepted) {
      if (!excepted.exception.starts_with(policy::exception_id_prefix)) return false;
      asset.threats.push_back(std::move(excepted.threat));
      return true;
    });
    assess::prefer_opinions(asset, constants.of(asset));
    if (asset.checks.empty()) continue;
    std::erase_if(asset.threats, [](const Threat& threat) { return threat.kind == ThreatKind::benchmark; });
    benchmark::switch_off(asset, constants.of(asset));
    std::vector<Threat> failed = benchmark::threats_of(asset.checks, by.rules, constants.of(asset));
    std::move(failed.begin(), failed.end(), std::back_inserter(asset.threats));
  }
  set_aside(report, by, now);
  assess::assess_told(report, constants.rules);
}

}  // namespace plimsoll::analyzer
