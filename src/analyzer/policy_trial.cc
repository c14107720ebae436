#include "analyzer/policy_trial.h"

#include <map>
#include <tuple>
#include <utility>

#include "assess/response_match.h"
#include "wire/response_json.h"

namespace plimsoll::analyzer {
namespace {

using Firing = PolicyTrial::Firing;
using Key = std::tuple<std::string, std::string, AssetId>;  // rule, name of the asset, asset

struct Rating {
  std::string name;
  int score = 0;
  ThreatLevel level = ThreatLevel::minimal;
};
using ExemptKey = std::pair<ThreatId, AssetId>;
struct Judged {
  std::map<AssetId, Rating> ratings;
  std::map<ExemptKey, PolicyTrial::Exempt> excepted;
  std::map<Key, Firing> firings;
};

std::map<Key, Firing> firings_of(const Report& report, ResponsePolicy policy, Instant now) {
  for (ResponseRule& rule : policy.rules) rule.held_for = {};
  assess::ResponseMemory memory;
  const assess::ResponseDecision decision = assess::decide_responses(report, policy, {}, memory, now);
  std::map<Key, Firing> out;
  for (const assess::ResponseProposal& each : decision.proposals) {
    const ResponseRule* rule = policy.find(each.rule);
    if (rule == nullptr) continue;
    out[{each.rule, each.asset_name, each.asset}] = {PolicyTrial::Change::same,
                                                     each.rule,
                                                     false,
                                                     each.asset,
                                                     each.asset_name,
                                                     each.mode,
                                                     wire::describe_actions(rule->actions),
                                                     each.why};
  }
  for (const assess::HeldBack& held : decision.held_back) {
    Firing& firing = out[{held.rule, "", {}}];
    firing.rule = held.rule;
    firing.held_back = true;
    firing.why = held.why;
  }
  return out;
}

Judged judged(const TrialFacts& facts, const threatdb::ThreatDb* db, const Judgement& by, Instant now) {
  Report report = facts.report;
  if (facts.told)
    judge_told(report, by, now);
  else
    judge(report, db, by, now);
  Judged out;
  for (const AssetReport& asset : report.assets) {
    out.ratings[asset.asset.id] = {asset.asset.name, asset.assessment.score, asset.assessment.level};
    for (const ExceptedThreat& each : asset.excepted)
      out.excepted[{each.threat.id, asset.asset.id}] = {PolicyTrial::Change::same, each.threat.id, asset.asset.id,
                                                        asset.asset.name,          each.owner,     each.reason};
  }
  out.firings = firings_of(report, by.policy.responses, now);
  return out;
}

std::vector<PolicyTrial::Score> scores_that_change(const Judged& before, const Judged& after) {
  std::vector<PolicyTrial::Score> out;
  for (const auto& [id, now] : after.ratings) {
    const auto old = before.ratings.find(id);
    const Rating was = old == before.ratings.end() ? Rating() : old->second;
    if (was.score != now.score || was.level != now.level)
      out.push_back({id, now.name, was.score, now.score, was.level, now.level});
  }
  return out;
}

std::vector<PolicyTrial::Exempt> exceptions_that_change(const Judged& before, const Judged& after) {
  std::vector<PolicyTrial::Exempt> out;
  const auto take = [&](const Judged& from, const Judged& other, PolicyTrial::Change change) {
    for (const auto& [key, exempt] : from.excepted) {
      if (other.excepted.contains(key)) continue;
      out.push_back(exempt);
      out.back().change = change;
    }
  };
  take(after, before, PolicyTrial::Change::added);
  take(before, after, PolicyTrial::Change::gone);
  return out;
}

std::vector<Firing> compared(const std::map<Key, Firing>& before, const std::map<Key, Firing>& after) {
  std::vector<Firing> out;
  for (const auto& [key, firing] : after) {
    const auto old = before.find(key);
    out.push_back(firing);
    if (old == before.end())
      out.back().change = PolicyTrial::Change::added;
    else if (!(old->second == firing))
      out.back().change = PolicyTrial::Change::altered;
  }
  for (const auto& [key, firing] : before) {
    if (after.contains(key)) continue;
    out.push_back(firing);
    out.back().change = PolicyTrial::Change::gone;
  }
  return out;
}

}  // namespace

Result<PolicyTrial> try_policy(const TrialFacts& facts, const threatdb::ThreatDb* db, const Judgement& before,
                               const Judgement& after, Instant now, const std::function<bool()>& go_on) {
  const Error late{ErrorKind::timeout, "it took too long to judge everything by two policies"};
  if (go_on && !go_on()) return late;
  const Judged old = judged(facts, db, before, now);
  if (go_on && !go_on()) return late;
  const Judged fresh = judged(facts, db, after, now);
  PolicyTrial out;
  out.assets = fresh.ratings.size();
  out.scores = scores_that_change(old, fresh);
  out.responses = compared(old.firings, fresh.firings);
  out.excepted = fresh.excepted.size();
  out.exceptions = exceptions_that_change(old, fresh);
  return out;
}

}  // namespace plimsoll::analyzer
