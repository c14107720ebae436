#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assess/exposure.h"
#include "assess/listed.h"
#include "model/report.h"
#include "model/scoring.h"

namespace plimsoll::assess {

// The own level of one asset (DESIGN: own = 1 - prod(1 - 0.9 r_(k) 0.75^(k-1)), worst group first).

// The threat that stands for departures from the learned behaviour: they count by weight (Situation), not as an event.
inline constexpr std::string_view baseline_threat = "net.baseline";

// What of an asset, beside its threats, decides how they reach it.
struct Situation {
  Exposure exposure;
  bool privileged = false;
  bool running = false;
  std::string privileged_evidence;
  std::string escape_evidence;  // the sure route to its host that is open; empty: none
  double abnormal_weight = 0;   // of its departures from the learned behaviour, 0 to 1
  std::string abnormal_evidence;
};

// One threat with everything that no change of the situation touches.
struct WeighedThreat {
  double severity_factor = 0, likelihood = 0;
  AttackVector vector = AttackVector::unknown;
  bool not_loaded = false;
  int group = 0;
};

// The threats of one asset, weighed and grouped: what one upgrade removes together is one group.
class ThreatTable {
 public:
  ThreatTable(const Listed& threats, const ScoringPolicy& policy);

  // Level without additions. `removed` (empty, or one flag a threat) leaves threats out. Cheap: no text is made.
  double level(const Situation& situation, const std::vector<bool>& removed = {}) const;
  // The same, told: points sum to 100 * level.
  std::vector<Contribution> contributions(const Situation& situation) const;

  // Names of the groups (group_key), and the points each contributes, in the same order.
  const std::vector<std::string>& group_keys() const { return group_keys_; }
  std::vector<double> points_by_group(const Situation& situation) const;

 private:
  struct Ranked {
    int group;
    double risk;
    size_t threat;  // the worst of the group
  };
  std::vector<Ranked> ranked(const Situation& situation, const std::vector<bool>& removed) const;

  std::span<const Threat* const> threats_;  // borrowed
  const ScoringPolicy* policy_;             // borrowed
  std::vector<WeighedThreat> weighed_;      // parallel to threats_
  std::vector<std::string> group_keys_;
};

// "deb/openssl" of a threat's package (source name where one is known), "CVE-..." without a package.
std::string group_key(const Threat& threat);

// The fixed additions of the policy that apply to an asset.
std::vector<FixedAddition> additions_of(const Asset& asset, const Listed& threats, const Situation& situation,
                                        const ScoringPolicy& policy);

// own = threats + additions, capped at 1.
double with_additions(double own_threats, const std::vector<FixedAddition>& additions);

}  // namespace plimsoll::assess
