#include "assess/response_match.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/names.h"

namespace plimsoll::assess {
namespace {

using std::chrono::seconds;

bool fits_any(const std::vector<std::string>& patterns, std::string_view text) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& p) { return fits_pattern(p, text); });
}

bool fits(const ThreatPattern& pattern, const Threat& threat) {
  if (!pattern.kinds.empty() &&
      std::find(pattern.kinds.begin(), pattern.kinds.end(), threat.kind) == pattern.kinds.end())
    return false;
  if (!pattern.ids.empty() && !fits_any(pattern.ids, threat.id.value) &&
      std::none_of(threat.aliases.begin(), threat.aliases.end(),
                   [&](const std::string& alias) { return fits_any(pattern.ids, alias); }))
    return false;
  if (pattern.severity && threat.severity.level < *pattern.severity) return false;
  if (pattern.fixable && threat.fixed_version.empty() == *pattern.fixable) return false;
  return !pattern.known_exploited || threat.known_exploited == *pattern.known_exploited;
}

bool seen_in_traffic(const Threat& threat) {
  return threat.kind == ThreatKind::network || threat.kind == ThreatKind::behaviour;
}

// Each returns whether its part holds, and adds what it saw to `why`. A part that is not given holds.

bool threat_holds(const ResponseCondition& c, const AssetReport& asset, std::vector<std::string>& why) {
  if (!c.threat) return true;
  for (const Threat& threat : asset.threats) {
    if (!fits(*c.threat, threat)) continue;
    why.push_back(printable(threat.id.value, 80) + (threat.known_exploited ? " is known to be exploited" : ""));
    return true;
  }
  return false;
}

bool detection_holds(const ResponseCondition& c, const AssetReport& asset, std::vector<std::string>& why) {
  if (c.detections.empty()) return true;
  for (const Threat& threat : asset.threats) {
    if (!seen_in_traffic(threat) || !fits_any(c.detections, threat.id.value)) continue;
    why.push_back(printable(threat.id.value, 80) + " was seen");
    return true;
  }
  return false;
}

bool check_holds(const ResponseCondition& c, const AssetReport& asset, std::vector<std::string>& why) {
  if (c.checks.empty()) return true;
  for (const CheckResult& check : asset.checks) {
    if (check.outcome != CheckOutcome::fail || !fits_any(c.checks, check.rule)) continue;
    why.push_back("the check " + check.rule + " fails");
    return true;
  }
  return false;
}

bool escape_holds(const ResponseCondition& c, const AssetReport& asset, std::vector<std::string>& why) {
  if (!c.escape) return true;
  for (const RouteFinding& route : asset.assessment.routes) {
    if (!route.assessed || route.leads != Leads::host || route.certainty < *c.escape) continue;
    why.push_back(fmt::format("{} is open ({})", route.id, name_of(route.certainty)));
    return true;
  }
  return false;
}

bool has_addition(const AssetReport& asset, std::string_view name) {
  return std::any_of(asset.assessment.additions.begin(), asset.assessment.additions.end(),
                     [&](const FixedAddition& a) { return a.name == name; });
}

bool exposure_holds(const ResponseCondition& c, const AssetReport& asset, std::vector<std::string>& why) {
  const WanFacts& wan = asset.assessment.wan;
  const bool outside = wan.takes_connections.holds || wan.can_take_connections.holds;
  if (c.wan && *c.wan != outside) return false;
  if (c.wan) why.emplace_back(outside ? "the WAN can reach it" : "the WAN cannot reach it");
  const bool abnormal = has_addition(asset, "behaves abnormally on the network") ||
                        std::any_of(asset.threats.begin(), asset.threats.end(),
                                    [](const Threat& t) { return t.kind == ThreatKind::behaviour; });
  if (c.abnormal && *c.abnormal != abnormal) return false;
  if (c.abnormal) why.emplace_back(abnormal ? "it behaves abnormally" : "it behaves as it was learned to");
  return true;
}

// An attack that names a flaw which the asset is known to have (see network_threats.cc: its other names are the CVEs).
bool attack_holds(const ResponseCondition& c, const AssetReport& asset, std::vector<std::string>& why) {
  if (!c.attacked_weakness) return true;
  const auto has_flaw = [&](const std::string& cve) {
    return std::any_of(asset.threats.begin(), asset.threats.end(), [&](const Threat& t) {
      return t.kind == ThreatKind::vulnerability &&
             (t.id.value == cve || std::find(t.aliases.begin(), t.aliases.end(), cve) != t.aliases.end());
    });
  };
  std::string which;
  for (const Threat& threat : asset.threats) {
    if (threat.kind != ThreatKind::network) continue;
    const auto flaw = std::find_if(threat.aliases.begin(), threat.aliases.end(), has_flaw);
    if (flaw != threat.aliases.end()) which = printable(threat.id.value, 80) + " against " + printable(*flaw, 40);
  }
  if (*c.attacked_weakness == which.empty()) return false;
  if (!which.empty()) why.push_back(which + ", which it has");
  return true;
}

bool window_holds(const std::optional<TimeWindow>& window, Instant now) {
  if (!window) return true;
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const int minute = static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(now - day).count());
  const int weekday = static_cast<int>(std::chrono::weekday(day).c_encoding());
  const auto on = [&](int which) {
    return window->days.empty() || std::find(window->days.begin(), window->days.end(), which) != window->days.end();
  };
  if (window->from_minute <= window->to_minute)
    return minute >= window->from_minute && minute < window->to_minute && on(weekday);
  // Over midnight: the hours after it belong to the day before.
  if (minute >= window->from_minute) return on(weekday);
  return minute < window->to_minute && on((weekday + 6) % 7);
}

bool level_holds(const ResponseCondition& c, const AssetReport& asset, std::vector<std::string>& why) {
  const Assessment& a = asset.assessment;
  if (c.score && a.score < *c.score) return false;
  if (!c.levels.empty() && std::find(c.levels.begin(), c.levels.end(), a.level) == c.levels.end()) return false;
  if (c.score || !c.levels.empty()) why.push_back(fmt::format("score {} ({})", a.score, name_of(a.level)));
  return true;
}

bool rise_holds(const std::optional<ScoreRise>& rises, const std::vector<std::pair<Instant, int>>& scores, Instant now,
                std::string& why) {
  if (!rises) return true;
  if (scores.empty()) return false;
  // A score holds until the next one: what held when the time began counts, too.
  int lowest = scores.back().second;
  for (size_t i = 0; i + 1 < scores.size(); ++i) {
    if (now - scores[i + 1].first < rises->within) lowest = std::min(lowest, scores[i].second);
  }
  if (scores.back().second - lowest < rises->by) return false;
  why += fmt::format("{}score rose from {} to {}", why.empty() ? "" : "; ", lowest, scores.back().second);
  return true;
}

void remember_scores(const Report& report, ResponseMemory& memory, Instant now) {
  constexpr seconds kept{86400};
  constexpr size_t most = 200;
  std::set<AssetId> there;
  for (const AssetReport& asset : report.assets) {
    there.insert(asset.asset.id);
    auto& scores = memory.scores[asset.asset.id];
    while (scores.size() > 1 && (now - scores[1].first > kept || scores.size() >= most)) scores.erase(scores.begin());
    if (!scores.empty() && scores.back().second == asset.assessment.score) continue;
    scores.emplace_back(now, asset.assessment.score);
  }
  std::erase_if(memory.scores, [&](const auto& entry) { return !there.contains(entry.first); });
}

// Where the condition holds no longer, or the asset is gone: when the rule fired stays known as long as that keeps it
// from firing again.
void forget(ResponseMemory& memory, const ResponseRule& rule, const std::set<AssetId>& held, Instant now) {
  const auto is_over = [&](const auto& entry) {
    return entry.first.first == rule.id && !held.contains(entry.first.second);
  };
  for (auto& entry : memory.matches) {
    if (is_over(entry)) entry.second.since = {};
  }
  std::erase_if(memory.matches,
                [&](const auto& entry) { return is_over(entry) && now - entry.second.fired >= rule.cooldown; });
}

// The proposals of one rule, before its limit.
std::vector<ResponseProposal> candidates(const Report& report, const ResponseRule& rule,
                                         const std::set<std::pair<std::string, AssetId>>& in_force,
                                         ResponseMemory& memory, Instant now) {
  std::vector<ResponseProposal> out;
  std::set<AssetId> still;
  for (const AssetReport& asset : report.assets) {
    const std::pair key{rule.id, asset.asset.id};
    Held held = holds(rule.when, asset, now);
    held.holds = held.holds && rise_holds(rule.when.rises, memory.scores[asset.asset.id], now, held.why) &&
                 (rule.unless.empty() || !holds(rule.unless, asset, now).holds);
    if (!held.holds) continue;
    still.insert(asset.asset.id);
    ResponseMemory::Match& match = memory.matches[key];
    if (match.since == Instant{}) match.since = now;
    if (now - match.since < rule.held_for || in_force.contains(key)) continue;
    const bool fired = match.fired != Instant{};
    if (fired &&
        (now - match.fired < rule.cooldown || (rule.mode == ResponseMode::observe && match.since <= match.fired)))
      continue;
    out.push_back({rule.id, asset.asset.id, asset.asset.name, held.why, rule.mode});
  }
  forget(memory, rule, still, now);
  return out;
}

std::string said(seconds length) {
  if (length.count() % 3600 == 0) return fmt::format("{} h", length.count() / 3600);
  if (length.count() % 60 == 0) return fmt::format("{} min", length.count() / 60);
  return fmt::format("{} s", length.count());
}

void settle_limit(const ResponseRule& rule, std::vector<ResponseProposal> wanted, ResponseMemory& memory, Instant now,
                  ResponseDecision& decision) {
  auto& acted = memory.acted[rule.id];
  std::erase_if(acted, [&](const auto& act) { return now - act.first >= rule.limit.within; });
  std::set<AssetId> assets, before;
  for (const auto& act : acted) before.insert(act.second);
  for (const ResponseProposal& proposal : wanted) assets.insert(proposal.asset);
  std::set<AssetId> all = before;
  all.insert(assets.begin(), assets.end());
  if (all.size() > static_cast<size_t>(rule.limit.most) && !wanted.empty()) {
    std::set<AssetId>& told = memory.held_back[rule.id];
    if (std::includes(told.begin(), told.end(), assets.begin(), assets.end())) return;
    told.insert(assets.begin(), assets.end());
    decision.held_back.push_back(
        {rule.id,
         {assets.begin(), assets.end()},
         fmt::format("would act on {} asset{}, {} {} acted on within {}; its limit is {}, so it acts on none of them",
                     assets.size(), assets.size() == 1 ? "" : "s", before.size(), before.size() == 1 ? "was" : "were",
                     said(rule.limit.within), rule.limit.most)});
    return;
  }
  memory.held_back.erase(rule.id);
  for (ResponseProposal& proposal : wanted) {
    memory.matches[{rule.id, proposal.asset}].fired = now;
    acted.emplace_back(now, proposal.asset);
    decision.proposals.push_back(std::move(proposal));
  }
}

}  // namespace

Held holds(const ResponseCondition& condition, const AssetReport& asset, Instant now) {
  std::vector<std::string> why;
  const bool all = is_selected(condition.on, asset.asset) && window_holds(condition.between, now) &&
                   level_holds(condition, asset, why) && threat_holds(condition, asset, why) &&
                   detection_holds(condition, asset, why) && check_holds(condition, asset, why) &&
                   escape_holds(condition, asset, why) && exposure_holds(condition, asset, why) &&
                   attack_holds(condition, asset, why);
  if (!all) return {};
  return {true, join(why, "; ")};
}

ResponseDecision decide_responses(const Report& report, const ResponsePolicy& policy,
                                  const std::set<std::pair<std::string, AssetId>>& in_force, ResponseMemory& memory,
                                  Instant now) {
  ResponseDecision decision;
  remember_scores(report, memory, now);
  for (const ResponseRule& rule : policy.rules)
    settle_limit(rule, candidates(report, rule, in_force, memory, now), memory, now, decision);
  return decision;
}

}  // namespace plimsoll::assess
