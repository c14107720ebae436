#pragma once
#include <optional>
#include <string>
#include <vector>

#include "model/ids.h"
#include "model/incomplete.h"
#include "model/route.h"

namespace plimsoll {

enum class ThreatLevel { minimal, low, medium, high, critical };

struct FixedAddition {
  std::string name;  // "takes connections from the WAN"
  int points = 0;
  std::string evidence;
  bool operator==(const FixedAddition&) const = default;
};

// What one group of threats (all removed by one upgrade) adds to the asset's own level.
struct Contribution {
  std::string group;           // "openssl 3.0.11-1 (source package)"
  ThreatId worst;              // the threat that stands for the group
  int threats = 0;             // how many the group holds
  int rank = 1;                // 1 = worst
  double severity_factor = 0;  // (severity/10)^1.5
  double likelihood = 0, reach = 0;
  std::string likelihood_why, reach_why;
  double risk = 0;    // r = severity_factor * likelihood * reach
  double factor = 0;  // 0.9 * r * 0.75^(rank-1)
  double points = 0;  // points of 100 of `own`, summing to own without additions (telescoping)
  bool operator==(const Contribution&) const = default;
};

struct PathStep {
  AssetId asset;     // empty: the outside network
  std::string name;  // "internet", asset name
  double edge = 0;   // probability of the edge that enters this step; 1 for the start
  std::string why;   // "privileged container (esc.privileged)", "connections seen to port 6379"
  bool operator==(const PathStep&) const = default;
};

struct Inherited {
  double level = 0;            // 0-1: start's own level times the edges
  std::vector<PathStep> path;  // start first, this asset last; empty when nothing is inherited
  bool operator==(const Inherited&) const = default;
};

// One thing between an asset and the outside, and how it is known.
struct WanFact {
  bool holds = false;
  bool seen = false;  // connections were seen; false: only possible
  std::string evidence;
  bool operator==(const WanFact&) const = default;
};

struct WanFacts {
  WanFact reaches_out;           // it opens connections to the outside, or has a route there
  WanFact takes_connections;     // connections from the outside were seen
  WanFact can_take_connections;  // a port of it is published, or listens, where the outside can reach it
  bool operator==(const WanFacts&) const = default;
};

// The score once everything is done that is known to help.
struct IfFixed {
  int score = 0;
  ThreatLevel level = ThreatLevel::minimal;
  bool operator==(const IfFixed&) const = default;
};

struct Assessment {
  int score = 0;                             // 0-100
  ThreatLevel level = ThreatLevel::minimal;  // never minimal when not_assessed is not empty
  double own = 0;                            // 0-1, additions included, capped at 1
  double own_threats = 0;                    // 0-1, without additions
  std::vector<FixedAddition> additions;
  WanFacts wan;
  Inherited inherited;
  Inherited
      from_outside;  // the strongest path that starts at the outside network, whether or not it is the one inherited
  std::vector<Contribution> contributions;  // worst first
  std::vector<RouteFinding> routes;
  std::optional<IfFixed> if_fixed;
  IncompleteList not_assessed;
  bool operator==(const Assessment&) const = default;
};

}  // namespace plimsoll
