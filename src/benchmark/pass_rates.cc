#include "benchmark/pass_rates.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "benchmark/evaluate.h"

namespace plimsoll::benchmark {

CheckOutcome worst_of(const std::vector<CheckOutcome>& outcomes) {
  for (const CheckOutcome worst :
       {CheckOutcome::fail, CheckOutcome::unknown, CheckOutcome::manual, CheckOutcome::pass}) {
    if (std::find(outcomes.begin(), outcomes.end(), worst) != outcomes.end()) return worst;
  }
  return CheckOutcome::not_applicable;
}

double pass_share(const OutcomeCounts& counts) {
  const auto of = [&](CheckOutcome outcome) { return counts[static_cast<size_t>(outcome)]; };
  const size_t judged = of(CheckOutcome::pass) + of(CheckOutcome::fail) + of(CheckOutcome::unknown);
  return judged == 0 ? 0 : static_cast<double>(of(CheckOutcome::pass)) / static_cast<double>(judged);
}

namespace {

// Whether anything of it was judged at all: of an image alone most benchmarks have nothing to say.
bool has_a_say(const ControlMap& map, const Report& report) {
  std::set<std::string_view> judged;
  for (const AssetReport& asset : report.assets) {
    for (const CheckResult& row : asset.checks) judged.insert(row.rule);
  }
  return std::ranges::any_of(map.controls, [&](const Control& control) {
    return std::ranges::any_of(control.rules, [&](const std::string& rule) { return judged.contains(rule); });
  });
}

}  // namespace

std::vector<ControlMap> applicable_maps(const Report& report, const std::vector<ControlMap>& maps) {
  std::vector<ControlMap> out;
  for (const ControlMap& map : maps) {
    bool host_seen = false, may_apply = false;
    for (const AssetReport& asset : report.assets) {
      if (asset.asset.kind != AssetKind::host || !map.applies) continue;
      const Trees trees = trees_of_host(asset);
      host_seen = true;
      may_apply = may_apply || judge(*map.applies, trees.host, trees).state != Tristate::no;
    }
    if (host_seen ? may_apply : has_a_say(map, report)) out.push_back(map);
  }
  return out;
}

std::vector<BenchmarkRate> pass_rates(const Report& report, const std::vector<ControlMap>& maps) {
  std::map<std::string, std::vector<CheckOutcome>> by_rule;
  for (const AssetReport& asset : report.assets) {
    for (const CheckResult& row : asset.checks) by_rule[row.rule].push_back(row.outcome);
  }
  std::vector<BenchmarkRate> rates;
  for (const ControlMap& map : maps) {
    BenchmarkRate rate{map.benchmark, map.edition, {}, 0};
    for (const Control& control : map.controls) {
      std::vector<CheckOutcome> outcomes;
      for (const std::string& rule : control.rules) {
        const auto found = by_rule.find(rule);
        if (found != by_rule.end()) outcomes.push_back(worst_of(found->second));
      }
      const CheckOutcome outcome = control.rules.empty() ? CheckOutcome::manual : worst_of(outcomes);
      ++rate.controls[static_cast<size_t>(outcome)];
    }
    rate.rate = pass_share(rate.controls);
    rates.push_back(std::move(rate));
  }
  return rates;
}

}  // namespace plimsoll::benchmark
