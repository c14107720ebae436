#include "assess/fixes.h"

#include <algorithm>
#include <utility>

#include "assess/candidates.h"

namespace plimsoll::assess {
namespace {

constexpr size_t kMaxCandidates = 200;
constexpr size_t kMaxFixes = 50;

// Works candidates out one after the other: own levels and edges change, the paths are searched again.
class Trial {
 public:
  explicit Trial(const World& world) : world_(world), graph_(world.graph()) {
    for (const AssetState& state : world.assets()) own_.push_back(state.own);
    before_ = scores(own_);
  }

  void work_out(Candidate& candidate) {
    std::vector<double> own = own_;
    std::vector<std::pair<size_t, double>> escapes;  // edge, probability
    for (const auto& [node, threats] : candidate.removes) own[static_cast<size_t>(node)] = own_without(node, threats);
    if (candidate.host >= 0) change_platform(candidate, escapes);
    if (candidate.container >= 0) change_container(candidate, own, escapes);
    for (const auto& [edge, probability] : escapes) graph_.set_probability(edge, probability);
    if (candidate.hides) graph_.set_outside(candidate.container, 0);
    note_falls(scores(own), candidate.action);
    for (const auto& [edge, probability] : escapes) {
      graph_.set_probability(edge, world_.graph().edges()[edge].probability);
    }
    if (candidate.hides) {
      const auto node = static_cast<size_t>(candidate.container);
      graph_.set_outside(candidate.container, world_.graph().outside()[node].probability);
    }
  }

 private:
  const AssetState& asset(int node) const { return world_.assets()[static_cast<size_t>(node)]; }

  std::vector<int> scores(const std::vector<double>& own) const {
    const auto inherited = graph_.inherited_levels(own, world_.rules().scoring.inherit_direct_from_outside);
    std::vector<int> out;
    for (size_t i = 0; i < own.size(); ++i) out.push_back(score_of(own[i], inherited[i]));
    return out;
  }

  double own_without(int node, const std::set<size_t>& threats) const {
    const AssetState& state = asset(node);
    std::vector<bool> removed(state.report->threats.size(), false);
    for (const size_t i : threats) removed[i] = true;
    return world_.own_level(state, state.situation, removed);
  }

  // The removed threats no longer open routes, and the distribution answers for the components from now on.
  void change_platform(const Candidate& candidate, std::vector<std::pair<size_t, double>>& escapes) const {
    const AssetState& host = asset(candidate.host);
    PlatformAdvisories advisories = host.advisories;
    advisories.judged.insert(candidate.components.begin(), candidate.components.end());
    if (const auto removed = candidate.removes.find(candidate.host); removed != candidate.removes.end()) {
      for (const size_t i : removed->second) {
        const Threat& threat = host.report->threats[i];
        advisories.vulnerable.erase(threat.id.value);
        for (const std::string& alias : threat.aliases) advisories.vulnerable.erase(alias);
      }
    }
    for (const AssetState& state : world_.assets()) {
      if (state.host != candidate.host || state.escape_edge < 0) continue;
      const auto routes = world_.routes_of(state, state.conditions, advisories);
      escapes.emplace_back(static_cast<size_t>(state.escape_edge), world_.escape_probability(routes));
    }
  }

  void change_container(const Candidate& candidate, std::vector<double>& own,
                        std::vector<std::pair<size_t, double>>& escapes) const {
    const AssetState& state = asset(candidate.container);
    Situation situation = state.situation;
    if (candidate.closes == "esc.privileged") situation.privileged = false;
    if (candidate.hides) situation.exposure.wan_seen = situation.exposure.wan_possible = false;
    auto routes = world_.routes_of(state, state.conditions.without(candidate.clears), world_.advisories(state));
    routes.erase(std::remove_if(routes.begin(), routes.end(),
                                [&](const RouteFinding& r) { return r.id == candidate.closes && r.threat_id.empty(); }),
                 routes.end());
    situation.escape_evidence = World::sure_escape(routes);
    own[static_cast<size_t>(candidate.container)] = world_.own_level(state, situation, {});
    if (state.escape_edge < 0) return;
    escapes.emplace_back(static_cast<size_t>(state.escape_edge), world_.escape_probability(routes));
  }

  void note_falls(const std::vector<int>& after, FixAction& action) const {
    for (size_t i = 0; i < after.size(); ++i) {
      if (after[i] >= before_[i]) continue;
      const Asset& asset = world_.assets()[i].report->asset;
      action.falls.push_back({asset.id, asset.name, before_[i], after[i]});
      action.total_fall += before_[i] - after[i];
    }
    std::stable_sort(action.falls.begin(), action.falls.end(), [](const FixAction::Fall& a, const FixAction::Fall& b) {
      return a.before - a.after > b.before - b.after;
    });
  }

  const World& world_;
  AttackGraph graph_;  // a copy: its probabilities change and change back
  std::vector<double> own_;
  std::vector<int> before_;
};

}  // namespace

std::vector<FixAction> rank_fixes(const World& world) {
  std::vector<Candidate> candidates = propose(world);
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.action.id < b.action.id;
  });
  if (candidates.size() > kMaxCandidates) candidates.resize(kMaxCandidates);
  Trial trial(world);
  std::vector<FixAction> out;
  for (Candidate& candidate : candidates) {
    trial.work_out(candidate);
    if (candidate.action.total_fall > 0) out.push_back(std::move(candidate.action));
  }
  std::sort(out.begin(), out.end(), [](const FixAction& a, const FixAction& b) {
    return a.total_fall != b.total_fall ? a.total_fall > b.total_fall : a.id < b.id;
  });
  if (out.size() > kMaxFixes) out.resize(kMaxFixes);
  return out;
}

}  // namespace plimsoll::assess
