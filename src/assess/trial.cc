#include "assess/trial.h"

#include <algorithm>

namespace plimsoll::assess {

void Plan::add(const Candidate& candidate) {
  for (const auto& [node, threats] : candidate.removes) removes_[node].insert(threats.begin(), threats.end());
  if (candidate.host >= 0) platforms_[candidate.host].insert(candidate.components.begin(), candidate.components.end());
  if (candidate.container < 0) return;
  Settings& settings = containers_[candidate.container];
  settings.clears.insert(settings.clears.end(), candidate.clears.begin(), candidate.clears.end());
  if (!candidate.closes.empty()) settings.closes.insert(candidate.closes);
  settings.hides = settings.hides || candidate.hides;
}

Trial::Trial(const World& world) : world_(world), graph_(world.graph()) {
  for (const AssetState& state : world.assets()) own_.push_back(state.own);
  before_ = scores(own_);
}

std::vector<int> Trial::scores(const std::vector<double>& own) const {
  const auto inherited = graph_.inherited_levels(own, world_.rules().scoring.inherit_direct_from_outside);
  std::vector<int> out;
  for (size_t i = 0; i < own.size(); ++i) out.push_back(score_of(own[i], inherited[i]));
  return out;
}

std::vector<int> Trial::scores_after(const Plan& plan) {
  std::vector<double> own = own_;
  for (const auto& [node, threats] : plan.removes()) {
    if (plan.containers().contains(node)) continue;
    std::vector<bool> removed(asset(node).listed.size(), false);
    for (const size_t i : threats) removed[i] = true;
    own[static_cast<size_t>(node)] = world_.own_level(asset(node), asset(node).situation, removed);
  }
  std::set<int> changed;
  for (const auto& [node, settings] : plan.containers()) changed.insert(node);
  for (size_t i = 0; i < world_.assets().size(); ++i) {
    if (plan.platforms().contains(world_.assets()[i].host)) changed.insert(static_cast<int>(i));
  }
  for (const int node : changed) change_container(node, plan, own);
  std::vector<int> after = scores(own);
  for (const int node : changed) put_back(node);
  return after;
}

void Trial::put_back(int node) {
  const AttackGraph& as_it_is = world_.graph();
  if (const int edge = asset(node).escape_edge; edge >= 0)
    graph_.set_probability(static_cast<size_t>(edge), as_it_is.edges()[static_cast<size_t>(edge)].probability);
  graph_.set_outside(node, as_it_is.outside()[static_cast<size_t>(node)].probability);
}

// The removed threats no longer open routes, and the distribution answers for the components from now on.
PlatformAdvisories Trial::advisories_after(int host, const Plan& plan) const {
  PlatformAdvisories advisories = asset(host).advisories;
  const auto& components = plan.platforms().at(host);
  advisories.judged.insert(components.begin(), components.end());
  const auto removed = plan.removes().find(host);
  if (removed == plan.removes().end()) return advisories;
  for (const size_t i : removed->second) {
    const Threat& threat = *asset(host).listed[i];
    advisories.vulnerable.erase(threat.id.value);
    for (const std::string& alias : threat.aliases) advisories.vulnerable.erase(alias);
  }
  return advisories;
}

// Its way to the host, by its own settings and by the platform below; and its own level, where its settings change.
void Trial::change_container(int node, const Plan& plan, std::vector<double>& own) {
  const AssetState& state = asset(node);
  const auto found = plan.containers().find(node);
  static const Plan::Settings none;
  const Plan::Settings& settings = found == plan.containers().end() ? none : found->second;
  const PlatformAdvisories advisories =
      plan.platforms().contains(state.host) ? advisories_after(state.host, plan) : world_.advisories(state);
  auto routes = world_.routes_of(state, state.conditions.without(settings.clears), advisories);
  std::erase_if(routes, [&](const RouteFinding& r) { return r.threat_id.empty() && settings.closes.contains(r.id); });
  if (state.escape_edge >= 0)
    graph_.set_probability(static_cast<size_t>(state.escape_edge), world_.escape_probability(routes));
  if (settings.hides) graph_.set_outside(node, 0);
  if (found == plan.containers().end()) return;
  Situation situation = state.situation;
  if (settings.closes.contains("esc.privileged")) situation.privileged = false;
  if (settings.hides) situation.exposure.wan_seen = situation.exposure.wan_possible = false;
  situation.escape_evidence = World::sure_escape(routes);
  std::vector<bool> removed;
  if (const auto threats = plan.removes().find(node); threats != plan.removes().end()) {
    removed.assign(state.listed.size(), false);
    for (const size_t i : threats->second) removed[i] = true;
  }
  own[static_cast<size_t>(node)] = world_.own_level(state, situation, removed);
}

std::vector<FixAction::Fall> Trial::falls(const std::vector<int>& after) const {
  std::vector<FixAction::Fall> out;
  for (size_t i = 0; i < after.size(); ++i) {
    if (after[i] >= before_[i]) continue;
    const Asset& fallen = world_.assets()[i].report->asset;
    out.push_back({fallen.id, fallen.name, before_[i], after[i]});
  }
  std::stable_sort(out.begin(), out.end(), [](const FixAction::Fall& a, const FixAction::Fall& b) {
    return a.before - a.after > b.before - b.after;
  });
  return out;
}

}  // namespace plimsoll::assess
