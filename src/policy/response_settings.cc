#include "policy/response_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "model/names.h"
#include "policy/number.h"
#include "policy/response_actions.h"
#include "policy/response_values.h"
#include "policy/selection.h"

namespace plimsoll::policy {
namespace {

using std::chrono::seconds;

constexpr size_t most_rules = 500;
constexpr seconds day{86400}, year{365 * 86400};
constexpr std::string_view severities = "unknown, low, medium, high, critical";

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

ThreatPattern read_threat(const YamlNode& node, Faults& faults) {
  ThreatPattern out;
  const MapReader map(node, {"kind", "id", "severity", "fixable", "known_exploited"}, "threat", faults);
  if (const YamlNode* kinds = map.find("kind"))
    out.kinds = words_in<ThreatKind>(*kinds, "threat.kind", parse_threat_kind,
                                     "vulnerability, benchmark, network, behaviour, malware, secret, patch", faults);
  if (const YamlNode* ids = map.find("id")) out.ids = texts_in(*ids, "threat.id", faults);
  if (const YamlNode* severity = map.find("severity"))
    out.severity = word_in<SeverityLevel>(*severity, "threat.severity", parse_severity_level, severities, faults);
  if (const YamlNode* fixable = map.find("fixable")) out.fixable = truth_in(*fixable, "threat.fixable", faults);
  if (const YamlNode* known = map.find("known_exploited"))
    out.known_exploited = truth_in(*known, "threat.known_exploited", faults);
  if (node.items.empty())
    faults.add(node, "threat says nothing of it; give kind, id, severity, fixable or known_exploited");
  return out;
}

TimeWindow read_window(const YamlNode& node, Faults& faults) {
  constexpr std::array<std::string_view, 7> days = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  TimeWindow out;
  const MapReader map(node, {"from", "to", "days"}, "between", faults);
  if (const YamlNode* from = map.find("from")) out.from_minute = minute_in(*from, "between.from", faults).value_or(0);
  if (const YamlNode* to = map.find("to")) out.to_minute = minute_in(*to, "between.to", faults).value_or(0);
  const YamlNode* list = map.find("days");
  if (list == nullptr) return out;
  for (const std::string& day_name : texts_in(*list, "between.days", faults)) {
    const auto found = std::find(days.begin(), days.end(), day_name);
    if (found == days.end())
      faults.add(*list, "between.days holds some of: sun, mon, tue, wed, thu, fri, sat");
    else
      out.days.push_back(static_cast<int>(found - days.begin()));
  }
  return out;
}

ScoreRise read_rise(const YamlNode& node, Faults& faults) {
  ScoreRise out;
  MapReader map(node, {"by", "within"}, "rises", faults);
  const YamlNode *by = map.require("by"), *within = map.require("within");
  if (by != nullptr) out.by = static_cast<int>(number_in(*by, "rises.by", 1, 100, true, faults).value_or(1));
  if (within != nullptr) out.within = duration_in(*within, "rises.within", seconds{1}, day, faults).value_or(day);
  return out;
}

// `held_for` is null where "for" may not stand.
ResponseCondition read_condition(const YamlNode& node, std::string_view what, seconds* held_for, Faults& faults) {
  ResponseCondition out;
  std::vector<std::string> keys{"asset",
                                "score",
                                "rises",
                                "level",
                                "threat",
                                "check",
                                "detection",
                                "escape",
                                "wan",
                                "abnormal",
                                "attacked_weakness",
                                "between"};
  if (held_for != nullptr) keys.emplace_back("for");
  const MapReader map(node, keys, what, faults);
  if (const YamlNode* v = map.find("asset")) out.on = read_selection(*v, "asset", faults);
  if (const YamlNode* v = map.find("score")) {
    if (const auto score = number_in(*v, fmt::format("{}.score", what), 0, 100, true, faults))
      out.score = static_cast<int>(*score);
  }
  if (const YamlNode* v = map.find("rises")) out.rises = read_rise(*v, faults);
  if (const YamlNode* v = map.find("level"))
    out.levels = words_in<ThreatLevel>(*v, "level", parse_threat_level, "minimal, low, medium, high, critical", faults);
  if (const YamlNode* v = map.find("threat")) out.threat = read_threat(*v, faults);
  if (const YamlNode* v = map.find("check")) out.checks = texts_in(*v, "check", faults);
  if (const YamlNode* v = map.find("detection")) out.detections = texts_in(*v, "detection", faults);
  if (const YamlNode* v = map.find("escape"))
    out.escape = word_in<Certainty>(*v, "escape", parse_certainty, "maybe, likely, sure", faults);
  const std::array<std::pair<const char*, std::optional<bool>*>, 3> truths{
      {{"wan", &out.wan}, {"abnormal", &out.abnormal}, {"attacked_weakness", &out.attacked_weakness}}};
  for (const auto& [name, into] : truths) {
    if (const YamlNode* v = map.find(name)) *into = truth_in(*v, name, faults);
  }
  if (const YamlNode* v = map.find("between")) out.between = read_window(*v, faults);
  if (held_for != nullptr) {
    if (const YamlNode* v = map.find("for"))
      *held_for = duration_in(*v, "for", seconds{0}, year, faults).value_or(seconds{0});
  }
  if (node.kind == YamlNode::Kind::map && node.items.empty())
    faults.add(node, fmt::format("{} is empty, which would fit every asset; say {{score: 0}} if that is meant", what));
  return out;
}

ResponseLimit read_limit(const YamlNode& node, Faults& faults) {
  ResponseLimit out;
  MapReader map(node, {"most", "within"}, "limit", faults);
  const YamlNode *most = map.require("most"), *within = map.require("within");
  if (most != nullptr) out.most = static_cast<int>(number_in(*most, "limit.most", 1, 100000, true, faults).value_or(1));
  if (within != nullptr) out.within = duration_in(*within, "limit.within", seconds{1}, year, faults).value_or(day);
  return out;
}

void read_lengths(const MapReader& map, ResponseRule& rule, Faults& faults) {
  struct Row {
    const char* name;
    seconds ResponseRule::* field;
    seconds least;
  };
  constexpr std::array<Row, 3> rows{{{"expires", &ResponseRule::expires, seconds{0}},
                                     {"cooldown", &ResponseRule::cooldown, seconds{0}},
                                     {"ask_timeout", &ResponseRule::ask_timeout, seconds{10}}}};
  for (const Row& row : rows) {
    const YamlNode* value = map.find(row.name);
    if (value == nullptr) continue;
    if (const auto length = duration_in(*value, row.name, row.least, year, faults)) rule.*row.field = *length;
  }
}

void read_rule_settings(const YamlNode& node, const MapReader& map, ResponseRule& rule, Faults& faults) {
  if (const YamlNode* v = map.find("title")) rule.title = text_in(*v, "title", 200, faults).value_or("");
  if (const YamlNode* v = map.find("when")) rule.when = read_condition(*v, "when", &rule.held_for, faults);
  if (const YamlNode* v = map.find("unless")) rule.unless = read_condition(*v, "unless", nullptr, faults);
  if (const YamlNode* v = map.find("do")) rule.actions = read_actions(*v, faults);
  if (const YamlNode* v = map.find("mode"))
    rule.mode = word_in<ResponseMode>(*v, "mode", parse_response_mode, "observe, ask, enforce", faults)
                    .value_or(ResponseMode::observe);
  if (const YamlNode* v = map.find("on_stop"))
    rule.on_stop = word_in<OnStop>(*v, "on_stop", parse_on_stop, "keep, release", faults).value_or(OnStop::keep);
  if (const YamlNode* v = map.find("limit")) rule.limit = read_limit(*v, faults);
  if (const YamlNode* v = map.find("spare_last_replica"))
    rule.spare_last_replica = truth_in(*v, "spare_last_replica", faults).value_or(true);
  read_lengths(map, rule, faults);
  if (rule.when.empty() && map.find("when") == nullptr) faults.add(node, "a rule needs \"when\": what must hold");
  if (rule.actions.empty() && map.find("do") == nullptr) faults.add(node, "a rule needs \"do\": a list of actions");
}

void read_rule(const YamlNode& node, ResponsePolicy& policy, std::vector<std::string>& seen, Faults& faults) {
  MapReader map(node,
                {"id", "title", "when", "unless", "do", "mode", "expires", "cooldown", "limit", "ask_timeout",
                 "on_stop", "spare_last_replica"},
                "a response rule", faults);
  const YamlNode* id = map.require("id");
  if (id == nullptr) return;
  if (!is_id(id->text)) return faults.add(*id, "an id is of a-z, 0-9, '-' and '.', at most 64 characters");
  if (std::find(seen.begin(), seen.end(), id->text) != seen.end())
    return faults.add(*id, fmt::format("the rule \"{}\" stands twice in this file", id->text));
  seen.push_back(id->text);
  const auto known = std::find_if(policy.rules.begin(), policy.rules.end(),
                                  [&](const ResponseRule& rule) { return rule.id == id->text; });
  if (known != policy.rules.end()) return read_rule_settings(node, map, *known, faults);
  if (policy.rules.size() >= most_rules) return faults.add(node, fmt::format("more than {} rules", most_rules));
  ResponseRule rule;
  rule.id = id->text;
  rule.title = id->text;
  read_rule_settings(node, map, rule, faults);
  policy.rules.push_back(std::move(rule));
}

}  // namespace

void read_responses(const YamlNode& document, ResponsePolicy& policy, Faults& faults) {
  const YamlNode* section = child(document, responses_key);
  if (section == nullptr) return;
  const MapReader map(*section, {"protected", "rules"}, responses_key, faults);
  if (const YamlNode* labels = map.find("protected")) {
    const bool none = labels->kind == YamlNode::Kind::sequence && labels->items.empty();
    policy.protected_labels = none ? std::vector<std::string>{} : texts_in(*labels, "responses.protected", faults);
  }
  std::vector<std::string> seen;
  if (const YamlNode* rules = map.find("rules")) {
    for (const YamlNode* rule : elements(*rules, "responses.rules", faults)) read_rule(*rule, policy, seen, faults);
  }
}

}  // namespace plimsoll::policy
