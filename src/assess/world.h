#pragma once
#include <map>
#include <string>
#include <vector>

#include "assess/assess.h"
#include "assess/attack_graph.h"
#include "assess/components.h"
#include "assess/needs.h"
#include "assess/own_level.h"
#include "assess/routes.h"
#include "assess/shared_threats.h"

namespace plimsoll::assess {

// One asset while it is judged. Containers know their host; hosts their platform's advisories.
struct AssetState {
  const AssetReport* report = nullptr;
  const ScoringPolicy* scoring = nullptr;  // its constants
  Listed listed;
  ThreatTable threats;  // of `listed`, whose elements stay where they are
  Situation situation;
  double own = 0;                    // additions included
  int host = -1;                     // of a container: the node of its host; -1 when the host is not in the report
  int escape_edge = -1;              // of a container with a host: its edge to the host
  ConditionSet conditions;           // containers
  std::vector<RouteFinding> routes;  // containers
  PlatformAdvisories advisories;     // hosts
};

// The report as a graph of judged assets, in the order of their ids (so the order of the report does not matter).
// Borrows report, rules and shared threats, which must outlive it.
class World {
 public:
  // What is known of the assets: their facts; or, of a report that has none any more, what its assessments tell of
  // exposure, privileges and routes.
  enum class Basis { facts, told };
  // `shared`: the threats of those assets that it knows, instead of the report's.
  World(const Report& report, const Rules& rules, Basis basis = Basis::facts, const SharedThreats* shared = nullptr);

  const Rules& rules() const { return *rules_; }
  const std::vector<AssetState>& assets() const { return assets_; }
  const AttackGraph& graph() const { return graph_; }
  // The routes of an asset, which the world needs no more.
  std::vector<RouteFinding> give_routes(size_t asset) { return std::move(assets_[asset].routes); }
  int node_of(const AssetId& id) const;

  // Routes of a container as they would be under other conditions or advisories.
  std::vector<RouteFinding> routes_of(const AssetState& container, const ConditionSet& conditions,
                                      const PlatformAdvisories& advisories) const;
  // The probability of the step to the host that these routes give, and which route gives it (null: none).
  double escape_probability(const std::vector<RouteFinding>& routes, const RouteFinding** by = nullptr) const;
  // The sure route to the host among these, told; empty when there is none.
  static std::string sure_escape(const std::vector<RouteFinding>& routes);
  // Own level of an asset in another situation, without some threats (one flag a threat, or empty).
  double own_level(const AssetState& asset, const Situation& situation, const std::vector<bool>& removed) const;

  const HostFacts& host_facts(const AssetState& container) const;
  const PlatformAdvisories& advisories(const AssetState& container) const;

 private:
  void find_hosts();
  void judge_containers();
  void judge_joined();
  void take_told();
  void build_graph(const std::vector<Flow>& flows);
  void add_flow_edges(const std::vector<Flow>& flows, std::vector<AttackEdge>& edges) const;

  const Rules* rules_;
  std::vector<AssetState> assets_;
  std::map<AssetId, int> node_;
  AttackGraph graph_{0, {}, {}};
  HostFacts no_host_;
  PlatformAdvisories no_advisories_;
};

// 0-100 of an own and an inherited level.
int score_of(double own, double inherited);
ThreatLevel level_of(int score, bool all_assessed, const ScoringPolicy& policy);

}  // namespace plimsoll::assess
