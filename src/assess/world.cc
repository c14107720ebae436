#include "assess/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "assess/side_conditions.h"
#include "assess/told.h"
#include "base/text.h"

namespace plimsoll::assess {
namespace {

// Packages answer for the platform only where the threat database holds advisories for their distribution.
PlatformAdvisories advisories_of(const AssetReport& host, const Listed& threats, const ThreatDbInfo& database) {
  std::vector<Package> answered;
  for (const Package& package : host.packages) {
    if (component_of(package).empty() || !database.present) continue;
    const std::string source = "osv/" + package.ecosystem.substr(0, package.ecosystem.find(':'));
    const bool known = std::any_of(database.sources.begin(), database.sources.end(),
                                   [&](const DbSource& s) { return s.name == source && s.records > 0; });
    if (known) answered.push_back(package);
  }
  PlatformAdvisories out = platform_advisories(*host.host, threats, answered);
  // The starter pack names what is open; that it is silent about a flaw says nothing.
  if (database.starter_pack) out.judged.clear();
  return out;
}

// Privileged against the host: asked for, or in effect. In a user namespace of its own it is not.
void judge_privileged(const AssetReport& asset, const ConditionSet& conditions, Situation& situation) {
  if (!asset.container || conditions.state("userns.initial") == Tristate::no) return;
  const bool in_effect =
      conditions.state("caps.all") == Tristate::yes && conditions.state("devices.all") == Tristate::yes;
  if (asset.container->privileged.is(true)) {
    situation.privileged = true;
    situation.privileged_evidence = asset.container->privileged.source.empty()
                                        ? "its configuration asks for it"
                                        : printable(asset.container->privileged.source, 160);
  } else if (in_effect) {
    situation.privileged = true;
    situation.privileged_evidence = conditions.get("caps.all").evidence + "; " + conditions.get("devices.all").evidence;
  }
}

// Only routes to the host open the door to it; a leak of secrets is one too, by its own certainty.
double certainty_edge(Certainty certainty, const ScoringPolicy& policy) {
  switch (certainty) {
    case Certainty::sure:
      return policy.edge_escape_sure;
    case Certainty::likely:
      return policy.edge_escape_likely;
    case Certainty::maybe:
      break;
  }
  return policy.edge_escape_maybe;
}

std::string route_why(const RouteFinding* route) {
  if (route == nullptr) return "container to host, no open route known";
  const std::string cve = route->threat_id.empty() ? "" : ", " + route->threat_id;
  return fmt::format("{} ({}{})", route->title, route->id, cve);
}

}  // namespace

int score_of(double own, double inherited) {
  return std::clamp(static_cast<int>(std::lround(100 * (1 - (1 - own) * (1 - inherited)))), 0, 100);
}

ThreatLevel level_of(int score, bool all_assessed, const ScoringPolicy& policy) {
  if (score >= policy.level_critical) return ThreatLevel::critical;
  if (score >= policy.level_high) return ThreatLevel::high;
  if (score >= policy.level_medium) return ThreatLevel::medium;
  if (score >= policy.level_low || !all_assessed) return ThreatLevel::low;
  return ThreatLevel::minimal;
}

World::World(const Report& report, const Rules& rules, Basis basis, const SharedThreats* shared) : rules_(&rules) {
  std::vector<size_t> order(report.assets.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return report.assets[a].asset.id < report.assets[b].asset.id; });
  std::map<AssetId, std::vector<const Flow*>> flows_of;
  for (const Flow& flow : report.flows) {
    flows_of[flow.from.asset].push_back(&flow);
    if (flow.to.asset != flow.from.asset) flows_of[flow.to.asset].push_back(&flow);
  }
  assets_.reserve(order.size());
  for (const size_t i : order) {
    const AssetReport& asset = report.assets[i];
    const ScoringPolicy& scoring = rules.scoring_of(asset.asset.id);
    const Listed* known = shared != nullptr ? shared->of(asset.asset.id) : nullptr;
    Listed listed = known != nullptr ? *known : list_of(asset.threats);
    const ThreatTable threats(listed, scoring);
    AssetState state{.report = &asset, .scoring = &scoring, .listed = std::move(listed), .threats = threats};
    const std::vector<const Flow*>& flows = flows_of[asset.asset.id];
    state.situation.exposure = basis == Basis::told ? exposure_told(asset, flows) : exposure_of(asset, flows);
    state.situation.running = asset.asset.kind != AssetKind::image;
    for (const AssetBehaviour& behaviour : report.network.behaviour) {
      if (behaviour.asset != asset.asset.id || behaviour.anomalies.empty()) continue;
      state.situation.abnormal_weight = behaviour.weight;
      state.situation.abnormal_evidence = printable(behaviour.anomalies.front(), 300);
    }
    if (asset.host) state.advisories = advisories_of(asset, state.listed, report.threat_db);
    node_.emplace(asset.asset.id, static_cast<int>(assets_.size()));
    assets_.push_back(std::move(state));
  }
  find_hosts();
  if (basis == Basis::told) {
    take_told();
  } else {
    judge_containers();
    judge_joined();
  }
  for (AssetState& asset : assets_) asset.own = own_level(asset, asset.situation, {});
  build_graph(report.flows);
}

int World::node_of(const AssetId& id) const {
  const auto found = node_.find(id);
  return found == node_.end() ? -1 : found->second;
}

// A container belongs to the host asset of its node; a report with one host needs no names to agree.
void World::find_hosts() {
  std::vector<int> hosts;
  for (size_t i = 0; i < assets_.size(); ++i) {
    if (assets_[i].report->asset.kind == AssetKind::host) hosts.push_back(static_cast<int>(i));
  }
  for (AssetState& state : assets_) {
    if (state.report->asset.kind != AssetKind::container) continue;
    if (hosts.size() == 1) state.host = hosts.front();
    for (const int host : hosts) {
      const Asset& asset = assets_[static_cast<size_t>(host)].report->asset;
      const std::string& node = state.report->asset.node;
      if (hosts.size() > 1 && !node.empty() && (asset.node == node || asset.name == node)) state.host = host;
    }
  }
}

const HostFacts& World::host_facts(const AssetState& container) const {
  if (container.host < 0) return no_host_;
  const auto& host = assets_[static_cast<size_t>(container.host)].report->host;
  return host ? *host : no_host_;
}

const PlatformAdvisories& World::advisories(const AssetState& container) const {
  return container.host < 0 ? no_advisories_ : assets_[static_cast<size_t>(container.host)].advisories;
}

void World::judge_containers() {
  for (AssetState& state : assets_) {
    if (!state.report->container) continue;
    state.conditions = ConditionSet(conditions_of(*state.report->container, host_facts(state)));
    state.routes = routes_of(state, state.conditions, advisories(state));
    judge_privileged(*state.report, state.conditions, state.situation);
    state.situation.escape_evidence = sure_escape(state.routes);
  }
}

void World::take_told() {
  for (AssetState& state : assets_) {
    if (state.report->asset.kind != AssetKind::container) continue;
    state.routes = state.report->assessment.routes;
    state.situation.escape_evidence = sure_escape(state.routes);
    privileged_told(state.report->assessment, state.situation);
  }
}

// A container in another's pid namespace takes that one's ways to the host over. One step only: who joins a joiner is
// in the same namespace as the first.
void World::judge_joined() {
  std::map<std::string, const AssetState*> by_id;
  for (const AssetState& state : assets_) {
    if (state.report->container) by_id[state.report->container->id.value] = &state;
  }
  std::vector<std::pair<AssetState*, Condition>> judged;
  for (AssetState& state : assets_) {
    if (!state.report->container) continue;
    const auto other = by_id.find(state.report->container->joined_pid_namespace_of);
    if (other == by_id.end() || other->second == &state) continue;
    const RouteFinding* way = nullptr;
    for (const RouteFinding& route : other->second->routes) {
      if (way == nullptr && route.assessed && route.leads == Leads::host) way = &route;
    }
    const std::string name = printable(other->second->report->asset.name, 120);
    judged.push_back({&state, way != nullptr
                                  ? Condition{joined_container_has_route, Tristate::yes, name + ": " + route_why(way)}
                                  : Condition{joined_container_has_route, Tristate::no, name + " has none"}});
  }
  for (auto& [state, condition] : judged) {
    state->conditions.set(std::move(condition));
    state->routes = routes_of(*state, state->conditions, advisories(*state));
    state->situation.escape_evidence = sure_escape(state->routes);
  }
}

std::vector<RouteFinding> World::routes_of(const AssetState& container, const ConditionSet& conditions,
                                           const PlatformAdvisories& advisories) const {
  return open_routes(conditions, container.report->container->runtime, host_facts(container), advisories,
                     rules_->routes, rules_->cves);
}

double World::escape_probability(const std::vector<RouteFinding>& routes, const RouteFinding** by) const {
  double best = rules_->scoring.edge_container_to_host;
  if (by != nullptr) *by = nullptr;
  for (const RouteFinding& route : routes) {
    if (!route.assessed || route.leads != Leads::host) continue;
    const double edge = certainty_edge(route.certainty, rules_->scoring);
    if (edge <= best) continue;
    best = edge;
    if (by != nullptr) *by = &route;
  }
  return best;
}

std::string World::sure_escape(const std::vector<RouteFinding>& routes) {
  for (const RouteFinding& route : routes) {
    if (route.assessed && route.leads == Leads::host && route.certainty == Certainty::sure) return route_why(&route);
  }
  return {};
}

double World::own_level(const AssetState& asset, const Situation& situation, const std::vector<bool>& removed) const {
  return with_additions(asset.threats.level(situation, removed),
                        additions_of(asset.report->asset, asset.listed, situation, *asset.scoring));
}

void World::add_flow_edges(const std::vector<Flow>& flows, std::vector<AttackEdge>& edges) const {
  std::map<std::pair<int, int>, AttackEdge> best;
  for (const Flow& flow : flows) {
    const int from = node_of(flow.from.asset), to = node_of(flow.to.asset);
    if (from < 0 || to < 0 || from == to) continue;
    const bool containers = assets_[static_cast<size_t>(from)].report->asset.kind == AssetKind::container &&
                            assets_[static_cast<size_t>(to)].report->asset.kind == AssetKind::container;
    if (!containers) continue;
    const double probability = flow.seen ? rules_->scoring.edge_seen : rules_->scoring.edge_permitted;
    std::string why = fmt::format("connections {} to port {}", flow.seen ? "seen" : "permitted", flow.to.port);
    if (!flow.application.empty()) why += fmt::format(" ({})", printable(flow.application, 40));
    AttackEdge& edge = best[{from, to}];
    const bool better = probability > edge.probability || (probability == edge.probability && why < edge.why);
    if (edge.why.empty() || better) edge = {from, to, probability, std::move(why)};
  }
  for (auto& [ends, edge] : best) edges.push_back(std::move(edge));
}

void World::build_graph(const std::vector<Flow>& flows) {
  const ScoringPolicy& policy = rules_->scoring;
  std::vector<AttackEdge> edges;
  std::vector<OutsideEdge> outside(assets_.size());
  for (size_t i = 0; i < assets_.size(); ++i) {
    AssetState& asset = assets_[i];
    const int node = static_cast<int>(i);
    if (asset.report->asset.kind == AssetKind::image) continue;
    const Exposure& exposure = asset.situation.exposure;
    if (exposure.takes_wan()) {
      outside[i] = {exposure.wan_seen ? policy.edge_outside_seen : policy.edge_outside_possible, exposure.wan_evidence};
    }
    if (asset.host < 0) continue;
    edges.push_back({asset.host, node, policy.edge_host_to_container, "host to its container"});
    const RouteFinding* by = nullptr;
    const double escape = escape_probability(asset.routes, &by);
    asset.escape_edge = static_cast<int>(edges.size());
    edges.push_back({node, asset.host, escape, route_why(by)});
  }
  add_flow_edges(flows, edges);
  graph_ = AttackGraph(static_cast<int>(assets_.size()), std::move(edges), std::move(outside));
}

}  // namespace plimsoll::assess
