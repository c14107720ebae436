#include "analyzer/judge_parts.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "analyzer/judge_steps.h"
#include "assess/components.h"
#include "assess/network_threats.h"
#include "assess/shared_threats.h"

namespace plimsoll::analyzer {
namespace {

class PartsJudge {
 public:
  PartsJudge(const FactsInParts& facts, const threatdb::ThreatDb* db, const Judgement& by, Instant now)
      : facts_(facts), db_(db), by_(by), now_(now) {}

  Result<Report> run(const TakePart& take) {
    begin(whole_);
    whole_.flows = facts_.between.flows;
    whole_.network = facts_.between.network;
    whole_.incomplete = facts_.between.incomplete;
    whole_.sandbox = facts_.between.sandbox;
    assess::mark_outside(whole_, by_.policy.network);
    find_named();
    for (size_t part = 0; part < facts_.parts; ++part) PLIMSOLL_CHECK(look_at(part));
    rate_benchmarks(whole_, by_);
    {
      const Constants constants(whole_, by_);
      assess::assess(whole_, constants.rules, &threats_);
    }
    for (size_t i = 0; i < whole_.assets.size(); ++i) places_.emplace(whole_.assets[i].asset.id.value, i);
    for (size_t part = 0; part < facts_.parts; ++part) PLIMSOLL_CHECK(hand_out(part, take));
    return std::move(whole_);
  }

 private:
  void begin(Report& report) const {
    report.generated_at = now_;
    report.tool_version = PLIMSOLL_VERSION;
    if (db_ != nullptr) report.threat_db = db_->info();
  }

  // All of judgement that looks at one asset and its host alone.
  Result<Report> judged_alone(size_t number) const {
    Report part;
    begin(part);
    PLIMSOLL_TRY(assets, facts_.read(number));
    part.assets = std::move(assets);
    const Constants constants(part, by_);
    find_flaws(part, db_, constants, now_);
    add_network_threats(part);
    check_settings(part, constants, db_ != nullptr);
    set_aside(part, by_, now_);
    return part;
  }

  void find_named() {
    std::unordered_set<std::string> ids;
    for (const NetworkEvent& event : whole_.network.events) {
      ids.insert(event.source.asset.value);
      ids.insert(event.target.asset.value);
    }
    for (const Asset& asset : facts_.assets) {
      if (ids.contains(asset.id.value)) named_.push_back(&asset);
    }
  }

  // Events name assets of other parts: these stand there meanwhile, by their names.
  void add_network_threats(Report& part) const {
    if (whole_.network.events.empty() && whole_.network.behaviour.empty()) return;
    const size_t own = part.assets.size();
    std::unordered_set<std::string> here;
    for (const AssetReport& asset : part.assets) here.insert(asset.asset.id.value);
    for (const Asset* asset : named_) {
      if (!here.contains(asset->id.value)) part.assets.emplace_back().asset = *asset;
    }
    part.network = whole_.network;
    assess::add_network_threats(part);
    part.assets.erase(part.assets.begin() + static_cast<std::ptrdiff_t>(own), part.assets.end());
    part.network = {};
  }

  Status look_at(size_t number) {
    PLIMSOLL_TRY(part, judged_alone(number));
    for (AssetReport& asset : part.assets) {
      lighten(asset);
      whole_.assets.push_back(std::move(asset));
    }
    return Done{};
  }

  // Packages of a host answer for what runs on it, its settings for which benchmarks are about it.
  void lighten(AssetReport& asset) {
    threats_.add(asset.asset.id, asset.threats);
    asset.threats = {};
    asset.offered = {};
    if (asset.asset.kind == AssetKind::host) {
      std::erase_if(asset.packages, [](const Package& package) { return assess::component_of(package).empty(); });
    } else {
      asset.packages = {};
      asset.settings = {};
    }
    for (CheckResult& row : asset.checks) {
      CheckResult outcome;
      outcome.rule = std::move(row.rule);
      outcome.outcome = row.outcome;
      row = std::move(outcome);
    }
    for (ExceptedThreat& excepted : asset.excepted) excepted.threat = {};
  }

  Status hand_out(size_t number, const TakePart& take) {
    PLIMSOLL_TRY(part, judged_alone(number));
    for (AssetReport& asset : part.assets) {
      const auto place = places_.find(asset.asset.id.value);
      if (place == places_.end()) return Error{ErrorKind::conflict, "the facts changed while they were judged"};
      Assessment& known = whole_.assets[place->second].assessment;
      asset.assessment = known;
      known.contributions = {};
      known.routes = {};
    }
    std::sort(part.assets.begin(), part.assets.end(), [&](const AssetReport& a, const AssetReport& b) {
      return places_.at(a.asset.id.value) < places_.at(b.asset.id.value);
    });
    const bool last = number + 1 == facts_.parts;
    if (last) {
      part.flows = whole_.flows;
      part.network = whole_.network;
      part.fixes = whole_.fixes;
      part.together = whole_.together;
      part.benchmarks = whole_.benchmarks;
      part.incomplete = whole_.incomplete;
      part.sandbox = whole_.sandbox;
    }
    return take(std::move(part), last);
  }

  const FactsInParts& facts_;
  const threatdb::ThreatDb* db_;
  const Judgement& by_;
  const Instant now_;
  Report whole_;
  std::vector<const Asset*> named_;  // by events
  assess::SharedThreats threats_;
  std::unordered_map<std::string, size_t> places_;  // in the whole's order
};

}  // namespace

Result<Report> judge_in_parts(const FactsInParts& facts, const threatdb::ThreatDb* db, const Judgement& by, Instant now,
                              const TakePart& take) {
  return PartsJudge(facts, db, by, now).run(take);
}

}  // namespace plimsoll::analyzer
