#include "assess/assess.h"

#include <algorithm>
#include <map>
#include <set>

#include "assess/condition_table.h"
#include "assess/fixes.h"
#include "assess/world.h"
#include "base/text.h"

namespace plimsoll::assess {
namespace {

Inherited told(const World& world, const StrongestPath& path) {
  Inherited out;
  out.level = path.level;
  for (const PathNode& step : path.steps) {
    if (step.node < 0) {
      out.path.push_back({{}, "internet", step.edge, step.why});
    } else {
      const Asset& asset = world.assets()[static_cast<size_t>(step.node)].report->asset;
      out.path.push_back({asset.id, asset.name, step.edge, step.why});
    }
  }
  return out;
}

// Routes that stay open questions because a fact was not read belong to what was not assessed. Those that only hang on
// what no fact can tell (attacker.*, feature.*) are listed with the routes alone.
void note_unassessed(const std::vector<RouteFinding>& routes, IncompleteList& list) {
  std::map<std::string, std::set<std::string>> by_condition;
  for (const RouteFinding& route : routes) {
    if (route.assessed) continue;
    if (hangs_on_unknowable(route)) continue;
    for (const Condition& condition : route.evidence) {
      if (condition.state == Tristate::unknown) by_condition[condition.evidence].insert(route.id);
    }
  }
  for (const auto& [evidence, ids] : by_condition) {
    const std::vector<std::string> names(ids.begin(), ids.end());
    const Incomplete entry{"escape routes " + printable(join(names, ", "), 400), printable(evidence, 400),
                           "run as root on the host"};
    if (std::find(list.begin(), list.end(), entry) == list.end()) list.push_back(entry);
  }
}

void fill(const World& world, const AssetState& state, const StrongestPath& inherited,
          const StrongestPath& from_outside, Assessment& out) {
  const ScoringPolicy& policy = *state.scoring;
  note_unassessed(state.routes, out.not_assessed);
  out.contributions = state.threats.contributions(state.situation);
  out.own_threats = state.threats.level(state.situation);
  out.additions = additions_of(state.report->asset, state.listed, state.situation, policy);
  out.own = state.own;
  out.wan = state.situation.exposure.facts();
  out.inherited = told(world, inherited);
  out.from_outside = told(world, from_outside);
  out.score = score_of(out.own, out.inherited.level);
  out.level = level_of(out.score, out.not_assessed.empty(), policy);
}

// The graph of what travels over the network alone: without a host's power over its containers and theirs over it.
AttackGraph network_only(const World& world) {
  AttackGraph graph = world.graph();
  const auto hosts = [&](int node, int of) { return world.assets()[static_cast<size_t>(of)].host == node; };
  for (size_t i = 0; i < graph.edges().size(); ++i) {
    const AttackEdge& edge = graph.edges()[i];
    if (hosts(edge.from, edge.to) || hosts(edge.to, edge.from)) graph.set_probability(i, 0);
  }
  return graph;
}

using Places = std::map<const AssetReport*, size_t>;  // in World::assets()

Places places_of(const World& world) {
  Places out;
  for (size_t i = 0; i < world.assets().size(); ++i) out[world.assets()[i].report] = i;
  return out;
}

// Of every asset, in the report's order. Takes the routes out of the world: of a large fleet they are much.
std::vector<Assessment> assessments_of(World& world, const Report& report, const Places& places) {
  std::vector<double> own, nothing(world.assets().size(), 0.0);
  for (const AssetState& state : world.assets()) own.push_back(state.own);
  const auto inherited = world.graph().inherited(own, world.rules().scoring.inherit_direct_from_outside);
  const auto from_outside = network_only(world).inherited(nothing, true);
  std::vector<Assessment> out;
  for (const AssetReport& asset : report.assets) {
    const size_t i = places.at(&asset);
    out.push_back({});
    out.back().not_assessed = asset.assessment.not_assessed;
    fill(world, world.assets()[i], inherited[i], from_outside[i], out.back());
    out.back().routes = world.give_routes(i);
  }
  return out;
}

void take(std::vector<Assessment> assessments, Report& report) {
  for (size_t i = 0; i < assessments.size(); ++i) report.assets[i].assessment = std::move(assessments[i]);
  std::stable_sort(report.assets.begin(), report.assets.end(), [](const AssetReport& a, const AssetReport& b) {
    if (a.assessment.score != b.assessment.score) return a.assessment.score > b.assessment.score;
    if (a.asset.name != b.asset.name) return a.asset.name < b.asset.name;
    return a.asset.id < b.asset.id;
  });
}

}  // namespace

void assess(Report& report, const Rules& rules, const SharedThreats* shared) {
  std::vector<Assessment> assessments;
  Fixes fixes;
  {
    World world(report, rules, World::Basis::facts,
                shared);  // borrows the report: nothing in it changes while this lives
    const Places places = places_of(world);
    fixes = rank_fixes(world);
    assessments = assessments_of(world, report, places);
    for (size_t k = 0; k < assessments.size(); ++k) {
      const size_t i = places.at(&report.assets[k]);
      const int score = fixes.all_done[i];
      assessments[k].if_fixed = {score,
                                 level_of(score, assessments[k].not_assessed.empty(), *world.assets()[i].scoring)};
    }
  }
  take(std::move(assessments), report);
  report.fixes = std::move(fixes.ranked);
  report.together = std::move(fixes.together);
}

void assess_told(Report& report, const Rules& rules) {
  std::vector<Assessment> assessments;
  {
    World world(report, rules, World::Basis::told);
    assessments = assessments_of(world, report, places_of(world));
    for (size_t k = 0; k < assessments.size(); ++k) assessments[k].wan = report.assets[k].assessment.wan;
  }
  take(std::move(assessments), report);
  report.fixes.clear();
  report.together.clear();
}

}  // namespace plimsoll::assess
