#include "policy/scoring_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.h"
#include "policy/number.h"
#include "policy/update_settings.h"

namespace plimsoll::policy {
namespace {

constexpr std::string_view kSchema = "plimsoll.policy/1";
constexpr std::string_view kByLabel = "additions.by_label";
constexpr std::string_view kChecksOff = "benchmark.off";
constexpr size_t kMaxUserAdditions = 1000;

void read_setting(const YamlNode& node, const Setting& setting, ScoringPolicy& policy, Faults& faults) {
  if (const auto* flag = std::get_if<bool ScoringPolicy::*>(&setting.field)) {
    const bool yes = node.text == "true", no = node.text == "false";
    if (node.kind != YamlNode::Kind::scalar || node.quoted || (!yes && !no)) {
      faults.add(node, fmt::format("{} must be true or false", setting.path));
    } else {
      policy.** flag = yes;
    }
    return;
  }
  const auto* whole = std::get_if<int ScoringPolicy::*>(&setting.field);
  const auto value = number_in(node, setting.path, setting.low, setting.high, whole != nullptr, faults);
  if (!value) return;
  if (whole != nullptr) {
    policy.** whole = static_cast<int>(*value);
  } else {
    policy.*std::get<double ScoringPolicy::*>(setting.field) = *value;
  }
}

void read_user_additions(const YamlNode& node, ScoringPolicy& policy, Faults& faults) {
  policy.user_additions.clear();
  std::set<std::string> names;
  for (const YamlNode* item : elements(node, kByLabel, faults)) {
    if (policy.user_additions.size() >= kMaxUserAdditions) {
      faults.add(*item, fmt::format("more than {} additions; remove some", kMaxUserAdditions));
      return;
    }
    MapReader map(*item, {"name", "label", "points"}, "an addition by label", faults);
    ScoringPolicy::UserAddition addition;
    addition.name = map.text("name");
    addition.label = map.text("label");
    if (const YamlNode* points = map.require("points")) {
      addition.points = static_cast<int>(number_in(*points, "points", 0, 100, true, faults).value_or(0));
    }
    if (!addition.name.empty() && !names.insert(addition.name).second) {
      faults.add(*item,
                 fmt::format("addition \"{}\" is given twice; choose another name", printable(addition.name, 80)));
    }
    policy.user_additions.push_back(std::move(addition));
  }
}

void read_checks_off(const YamlNode& node, ScoringPolicy& policy, Faults& faults) {
  policy.checks_off.clear();
  for (const YamlNode* item : elements(node, kChecksOff, faults)) {
    if (item->kind == YamlNode::Kind::scalar && !item->text.empty()) {
      policy.checks_off.push_back(item->text);
    } else {
      faults.add(*item, fmt::format("{} holds ids of rules; write host.ssh.root_login or \"host.ssh.*\"", kChecksOff));
    }
  }
}

// Names that may stand directly below `prefix` ("" is the top).
std::vector<std::string> names_below(std::string_view prefix) {
  std::vector<std::string> names;
  const auto take = [&](std::string_view path) {
    if (!prefix.empty()) {
      if (path.size() <= prefix.size() || path.substr(0, prefix.size()) != prefix || path[prefix.size()] != '.') return;
      path.remove_prefix(prefix.size() + 1);
    }
    const std::string name(path.substr(0, path.find('.')));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  if (prefix.empty()) names.insert(names.end(), {"schema", std::string(updates_key)});
  for (const Setting& setting : scoring_settings()) take(setting.path);
  take(kByLabel);
  take(kChecksOff);
  return names;
}

void read_section(const YamlNode& node, const std::string& prefix, ScoringPolicy& policy, Faults& faults) {
  const auto names = names_below(prefix);
  const MapReader map(node, names, prefix.empty() ? "a policy" : prefix, faults);
  for (const std::string& name : names) {
    const YamlNode* value = map.find(name);
    if (value == nullptr || (prefix.empty() && (name == "schema" || name == updates_key))) continue;
    const std::string path = prefix.empty() ? name : prefix + "." + name;
    const auto& settings = scoring_settings();
    const auto setting =
        std::find_if(settings.begin(), settings.end(), [&](const Setting& s) { return s.path == path; });
    if (path == kByLabel) {
      read_user_additions(*value, policy, faults);
    } else if (path == kChecksOff) {
      read_checks_off(*value, policy, faults);
    } else if (setting != settings.end()) {
      read_setting(*value, *setting, policy, faults);
    } else {
      read_section(*value, path, policy, faults);
    }
  }
}

void check_levels(const YamlNode& document, const ScoringPolicy& policy, Faults& faults) {
  if (policy.level_critical > policy.level_high && policy.level_high > policy.level_medium &&
      policy.level_medium > policy.level_low) {
    return;
  }
  const MapReader top(document, names_below(""), "a policy", faults);
  const YamlNode* levels = top.find("levels");
  faults.add(levels != nullptr ? *levels : document,
             fmt::format("levels must fall from critical to low, but are {}, {}, {}, {}; write descending numbers",
                         policy.level_critical, policy.level_high, policy.level_medium, policy.level_low));
}

}  // namespace

const std::vector<Setting>& scoring_settings() {
  using P = ScoringPolicy;
  static const std::vector<Setting> settings = {
      {"threats.severity_exponent", &P::severity_exponent, 0.1, 10},
      {"threats.unknown_severity", &P::unknown_severity, 0, 10},
      {"threats.likelihood.known_exploited", &P::likelihood_known_exploited},
      {"threats.likelihood.unknown", &P::likelihood_unknown},
      {"threats.likelihood.epss_base", &P::likelihood_epss_base},
      {"threats.likelihood.epss_span", &P::likelihood_epss_span},
      {"threats.reach.wan", &P::reach_wan},
      {"threats.reach.assets", &P::reach_assets},
      {"threats.reach.none", &P::reach_none},
      {"threats.reach.local", &P::reach_local},
      {"threats.reach.local_privileged", &P::reach_local_privileged},
      {"threats.reach.other", &P::reach_other},
      {"threats.reach.not_loaded_factor", &P::not_loaded_factor},
      {"threats.failed_check.critical", &P::check_critical, 0, 10},
      {"threats.failed_check.high", &P::check_high, 0, 10},
      {"threats.failed_check.medium", &P::check_medium, 0, 10},
      {"threats.failed_check.low", &P::check_low, 0, 10},
      {"threats.discount.weight", &P::discount_weight},
      {"threats.discount.rank", &P::discount_rank},
      {"additions.takes_connections_from_wan", &P::points_takes_wan, 0, 100},
      {"additions.reaches_wan", &P::points_reaches_wan, 0, 100},
      {"additions.abnormal_network", &P::points_abnormal_network, 0, 100},
      {"additions.runs_privileged", &P::points_privileged, 0, 100},
      {"additions.can_escape", &P::points_escape, 0, 100},
      {"edges.host_to_container", &P::edge_host_to_container},
      {"edges.container_to_host", &P::edge_container_to_host},
      {"edges.escape.sure", &P::edge_escape_sure},
      {"edges.escape.likely", &P::edge_escape_likely},
      {"edges.escape.maybe", &P::edge_escape_maybe},
      {"edges.connections_seen", &P::edge_seen},
      {"edges.connections_permitted", &P::edge_permitted},
      {"edges.outside_seen", &P::edge_outside_seen},
      {"edges.outside_possible", &P::edge_outside_possible},
      {"edges.inherit_direct_from_outside", &P::inherit_direct_from_outside},
      {"levels.critical", &P::level_critical, 1, 100},
      {"levels.high", &P::level_high, 1, 100},
      {"levels.medium", &P::level_medium, 1, 100},
      {"levels.low", &P::level_low, 1, 100},
      {"threat_db.warn_after_days", &P::db_age_warning_days, 0, 3650},
  };
  return settings;
}

void read_scoring(const YamlNode& document, ScoringPolicy& policy, Faults& faults) {
  if (document.kind != YamlNode::Kind::map) {
    faults.add(document, fmt::format("a policy is a map; begin with schema: {}", kSchema));
    return;
  }
  const size_t schema = static_cast<size_t>(
      std::find_if(document.keys.begin(), document.keys.end(), [](const YamlNode& k) { return k.text == "schema"; }) -
      document.keys.begin());
  if (schema >= document.items.size()) {
    faults.add(document, fmt::format("the schema is not named; write schema: {}", kSchema));
  } else if (document.items[schema].text != kSchema) {
    faults.add(document.items[schema], fmt::format("schema \"{}\" is not one this program reads; write schema: {}",
                                                   printable(document.items[schema].text, 80), kSchema));
  }
  read_section(document, "", policy, faults);
  if (policy.likelihood_epss_base + policy.likelihood_epss_span > 1 + 1e-12) {
    faults.add(document, "threats.likelihood: epss_base and epss_span add to more than 1; lower one");
  }
  if (faults.empty()) check_levels(document, policy, faults);
}

std::vector<std::string_view> settings_absent(const YamlNode& document) {
  std::vector<std::string_view> absent;
  for (const Setting& setting : scoring_settings()) {
    const YamlNode* node = &document;
    for (const std::string_view part : split(setting.path, '.')) {
      const YamlNode* next = nullptr;
      for (size_t i = 0; node != nullptr && i < node->keys.size(); ++i) {
        if (node->keys[i].text == part) next = &node->items[i];
      }
      node = next;
    }
    if (node == nullptr) absent.push_back(setting.path);
  }
  return absent;
}

}  // namespace plimsoll::policy
