#include "assess/own_level.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "assess/told.h"
#include "base/text.h"
#include "model/names.h"

namespace plimsoll::assess {
namespace {

bool is_network_event(const Threat& threat) {
  return threat.kind == ThreatKind::network || threat.kind == ThreatKind::behaviour;
}

// A source that gives only a word: the middle of that word's band in CVSS.
double severity_of(const Threat& threat, const ScoringPolicy& policy) {
  const auto& score = threat.severity.score;
  if (score && *score >= 0) return std::min(*score, 10.0);
  switch (threat.severity.level) {
    case SeverityLevel::critical:
      return 9.5;
    case SeverityLevel::high:
      return 8.0;
    case SeverityLevel::medium:
      return 5.5;
    case SeverityLevel::low:
      return 2.0;
    case SeverityLevel::unknown:
      break;
  }
  return policy.unknown_severity;
}

struct Weight {
  double value = 0;
  std::string why;
};

bool epss_known(const Threat& threat) { return threat.epss && *threat.epss >= 0; }

double likelihood_of(const Threat& threat, bool attack_seen, const ScoringPolicy& policy) {
  if (threat.known_exploited || attack_seen || is_network_event(threat)) return policy.likelihood_known_exploited;
  if (epss_known(threat))
    return policy.likelihood_epss_base + policy.likelihood_epss_span * std::sqrt(std::min(*threat.epss, 1.0));
  return policy.likelihood_unknown;
}

std::string likelihood_why(const Threat& threat, double value, const ScoringPolicy& policy) {
  if (threat.known_exploited) return "known to be exploited (KEV)";
  if (is_network_event(threat)) return "seen happening";
  if (value == policy.likelihood_known_exploited && !epss_known(threat)) return "an attack on it was seen";
  if (epss_known(threat)) return fmt::format("EPSS {:.4f}", std::min(*threat.epss, 1.0));
  return "nothing known";
}

double network_reach(const Exposure& exposure, const ScoringPolicy& policy) {
  if (exposure.takes_wan()) return policy.reach_wan;
  return exposure.from_assets || exposure.unknown ? policy.reach_assets : policy.reach_none;
}

double reach_of(const WeighedThreat& threat, const Situation& situation, const ScoringPolicy& policy) {
  double reach = policy.reach_other;
  if (threat.vector == AttackVector::network || threat.vector == AttackVector::adjacent) {
    reach = network_reach(situation.exposure, policy);
  } else if (threat.vector == AttackVector::local) {
    reach = situation.privileged ? policy.reach_local_privileged : policy.reach_local;
  }
  return threat.not_loaded && situation.running ? reach * policy.not_loaded_factor : reach;
}

std::string reach_why(const WeighedThreat& threat, const Situation& situation) {
  std::string why = "how it is attacked is not told";
  const Exposure& exposure = situation.exposure;
  if (threat.vector == AttackVector::network || threat.vector == AttackVector::adjacent) {
    why = exposure.takes_wan()   ? std::string_view("over the network, takes connections from the WAN")
          : exposure.from_assets ? why_from_assets
          : exposure.unknown     ? why_not_known
                                 : std::string_view("over the network, nothing can connect");
  } else if (threat.vector == AttackVector::local) {
    why = situation.privileged ? why_privileged : std::string_view("local");
  } else if (threat.vector == AttackVector::physical) {
    why = "physical";
  }
  return threat.not_loaded && situation.running ? why + "; no process has it loaded" : why;
}

std::string group_title(const Threat& threat) {
  if (threat.kind == ThreatKind::benchmark && !threat.package) {
    return fmt::format("{} ({})", printable(threat.title, 120), printable(threat.id.value, 120));
  }
  if (!threat.package) return printable(threat.id.value, 120);
  const Package& package = *threat.package;
  const bool by_source = !package.source_name.empty() && package.source_name != package.name;
  const std::string& version = by_source && !package.source_version.empty() ? package.source_version : package.version;
  return fmt::format("{} {} ({})", printable(by_source ? package.source_name : package.name, 120),
                     printable(version, 80), by_source ? "source package" : name_of(package.type));
}

}  // namespace

std::string group_key(const Threat& threat) {
  if (!threat.package) return threat.id.value;
  const Package& package = *threat.package;
  return fmt::format("{}/{}", name_of(package.type), package.source_name.empty() ? package.name : package.source_name);
}

ThreatTable::ThreatTable(const Listed& threats, const ScoringPolicy& policy) : threats_(threats), policy_(&policy) {
  std::set<std::string> attacked;  // ids that a network event of this asset names
  std::map<std::string, int> groups;
  std::set<std::string> named;  // groups with a vulnerability that an upgrade removes
  for (const Threat* each : threats_) {
    const Threat& threat = *each;
    groups.emplace(group_key(threat), 0);
    if (threat.kind == ThreatKind::vulnerability && !threat.fixed_version.empty()) named.insert(group_key(threat));
    if (!is_network_event(threat)) continue;
    attacked.insert(threat.id.value);
    attacked.insert(threat.aliases.begin(), threat.aliases.end());
  }
  for (auto& [key, number] : groups) {
    number = static_cast<int>(group_keys_.size());
    group_keys_.push_back(key);
  }
  weighed_.reserve(threats_.size());
  for (const Threat* each : threats_) {
    const Threat& threat = *each;
    const bool seen = !attacked.empty() && (attacked.count(threat.id.value) != 0 ||
                                            std::any_of(threat.aliases.begin(), threat.aliases.end(),
                                                        [&](const std::string& a) { return attacked.count(a) != 0; }));
    WeighedThreat weighed;
    weighed.severity_factor = std::pow(severity_of(threat, policy) / 10.0, policy.severity_exponent);
    weighed.likelihood = likelihood_of(threat, seen, policy);
    weighed.vector = threat.attack_vector;
    weighed.not_loaded = threat.package && threat.package->loaded == Loaded::no;
    weighed.group = groups[group_key(threat)];
    // A pending update stands for flaws that nobody has named: where some are, they are counted instead of it.
    if (threat.kind == ThreatKind::patch && named.count(group_key(threat)) != 0) weighed.severity_factor = 0;
    if (threat.id.value == baseline_threat) weighed.severity_factor = 0;  // counted as an addition, by its weight
    weighed_.push_back(weighed);
  }
}

std::vector<ThreatTable::Ranked> ThreatTable::ranked(const Situation& situation,
                                                     const std::vector<bool>& removed) const {
  std::vector<Ranked> worst(group_keys_.size(), Ranked{-1, -1.0, 0});
  for (size_t i = 0; i < weighed_.size(); ++i) {
    if (!removed.empty() && removed[i]) continue;
    const WeighedThreat& threat = weighed_[i];
    const double risk = threat.severity_factor * threat.likelihood * reach_of(threat, situation, *policy_);
    Ranked& group = worst[static_cast<size_t>(threat.group)];
    const bool better = risk > group.risk || (risk == group.risk && threats_[i]->id < threats_[group.threat]->id);
    if (group.group < 0 || better) group = {threat.group, risk, i};
  }
  worst.erase(std::remove_if(worst.begin(), worst.end(), [](const Ranked& r) { return r.group < 0; }), worst.end());
  std::sort(worst.begin(), worst.end(), [](const Ranked& a, const Ranked& b) {
    return a.risk != b.risk ? a.risk > b.risk : a.group < b.group;  // groups are numbered in the order of their keys
  });
  return worst;
}

double ThreatTable::level(const Situation& situation, const std::vector<bool>& removed) const {
  double safe = 1, discount = policy_->discount_weight;
  for (const Ranked& group : ranked(situation, removed)) {
    safe *= 1 - discount * group.risk;
    discount *= policy_->discount_rank;
  }
  return 1 - safe;
}

std::vector<double> ThreatTable::points_by_group(const Situation& situation) const {
  std::vector<double> out(group_keys_.size(), 0.0);
  double safe = 1, discount = policy_->discount_weight;
  for (const Ranked& group : ranked(situation, {})) {
    const double factor = discount * group.risk;
    out[static_cast<size_t>(group.group)] = 100 * safe * factor;
    safe *= 1 - factor;
    discount *= policy_->discount_rank;
  }
  return out;
}

std::vector<Contribution> ThreatTable::contributions(const Situation& situation) const {
  std::vector<int> sizes(group_keys_.size(), 0);
  for (const WeighedThreat& threat : weighed_) ++sizes[static_cast<size_t>(threat.group)];
  std::vector<Contribution> out;
  double safe = 1, discount = policy_->discount_weight;
  for (const Ranked& group : ranked(situation, {})) {
    const WeighedThreat& weighed = weighed_[group.threat];
    const Threat& threat = *threats_[group.threat];
    Contribution c;
    c.group = group_title(threat);
    c.worst = threat.id;
    c.threats = sizes[static_cast<size_t>(group.group)];
    c.rank = static_cast<int>(out.size()) + 1;
    c.severity_factor = weighed.severity_factor;
    c.likelihood = weighed.likelihood;
    c.likelihood_why = likelihood_why(threat, weighed.likelihood, *policy_);
    c.reach = reach_of(weighed, situation, *policy_);
    c.reach_why = threat.kind == ThreatKind::benchmark ? "a setting" : reach_why(weighed, situation);
    c.risk = group.risk;
    c.factor = discount * group.risk;
    c.points = 100 * safe * c.factor;  // own after this group minus own before it
    safe *= 1 - c.factor;
    discount *= policy_->discount_rank;
    out.push_back(std::move(c));
  }
  return out;
}

namespace {

// Medium and worse events count in full: an attempt that could not work is no behaviour of the asset. Departures from
// the learned behaviour count by their weight.
std::pair<int, std::string> abnormal_of(const Listed& threats, const Situation& situation,
                                        const ScoringPolicy& policy) {
  const Threat* event = nullptr;
  for (const Threat* each : threats) {
    const Threat& threat = *each;
    if (!is_network_event(threat) || threat.id.value == baseline_threat) continue;
    if (threat.severity.level == SeverityLevel::low) continue;
    if (event == nullptr || threat.id < event->id) event = &threat;
  }
  if (event != nullptr) return {policy.points_abnormal_network, printable(event->id.value, 120)};
  const double weight = std::clamp(situation.abnormal_weight, 0.0, 1.0);
  return {static_cast<int>(std::lround(policy.points_abnormal_network * weight)), situation.abnormal_evidence};
}

}  // namespace

std::vector<FixedAddition> additions_of(const Asset& asset, const Listed& threats, const Situation& situation,
                                        const ScoringPolicy& policy) {
  std::vector<FixedAddition> out;
  const auto add = [&](std::string name, int points, std::string evidence) {
    if (points != 0) out.push_back({std::move(name), points, std::move(evidence)});
  };
  const Exposure& exposure = situation.exposure;
  if (exposure.takes_wan()) add("takes connections from the WAN", policy.points_takes_wan, exposure.wan_evidence);
  if (exposure.reaches_wan) add("reaches out to the WAN", policy.points_reaches_wan, exposure.reaches_evidence);
  if (const auto [points, evidence] = abnormal_of(threats, situation, policy); points > 0) {
    add("behaves abnormally on the network", points, evidence);
  }
  if (situation.privileged) {
    add(std::string(addition_privileged), policy.points_privileged, situation.privileged_evidence);
  } else if (!situation.escape_evidence.empty()) {
    add("can escape to its host", policy.points_escape, situation.escape_evidence);  // docs/decisions/0003
  }
  for (const auto& user : policy.user_additions) {
    const size_t equals = user.label.find('=');
    const auto found = asset.labels.find(user.label.substr(0, equals));
    if (found == asset.labels.end()) continue;
    if (equals != std::string::npos && found->second != user.label.substr(equals + 1)) continue;
    add(user.name, user.points, "label " + printable(user.label, 120));
  }
  return out;
}

double with_additions(double own_threats, const std::vector<FixedAddition>& additions) {
  int points = 0;
  for (const FixedAddition& addition : additions) points += addition.points;
  return std::clamp(own_threats + points / 100.0, 0.0, 1.0);
}

}  // namespace plimsoll::assess
