#include "policy/scoring_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "policy/number.h"
#include "policy/response_values.h"
#include "policy/sections.h"

namespace plimsoll::policy {
namespace {

constexpr std::string_view kSchema = "plimsoll.policy/1";
constexpr size_t kMaxUserAdditions = 1000, kMaxNames = 1000;

using Additions = std::vector<ScoringPolicy::UserAddition>;
using Names = std::vector<std::string>;

// Reads one value, by what its field takes.
class Reading {
 public:
  Reading(const YamlNode& node, const Setting& setting, ScoringPolicy& policy, Faults& faults)
      : node_(node), setting_(setting), policy_(policy), faults_(faults) {}

  void operator()(bool ScoringPolicy::* field) const {
    if (const auto value = truth_in(node_, setting_.path, faults_)) policy_.*field = *value;
  }
  void operator()(int ScoringPolicy::* field) const {
    if (const auto value = number(true)) policy_.*field = static_cast<int>(*value);
  }
  void operator()(double ScoringPolicy::* field) const {
    if (const auto value = number(false)) policy_.*field = *value;
  }
  void operator()(Additions ScoringPolicy::* field) const { policy_.*field = additions(); }
  void operator()(Names ScoringPolicy::* field) const { policy_.*field = names(what_names()); }
  void operator()(std::optional<Names> ScoringPolicy::* field) const {
    if (node_.kind == YamlNode::Kind::scalar && node_.text == "all") {
      policy_.*field = std::nullopt;
    } else if (node_.kind == YamlNode::Kind::sequence) {
      policy_.*field = names("names of benchmarks, as in cis-docker");
    } else {
      faults_.add(node_, fmt::format("{} is all, or a list of benchmarks, as in [cis-docker]", setting_.path));
    }
  }

 private:
  std::optional<double> number(bool whole) const {
    return number_in(node_, setting_.path, setting_.low, setting_.high, whole, faults_);
  }

  std::string_view what_names() const {
    if (setting_.path == "benchmark.off") return "ids of rules; write host.ssh.root_login or \"host.ssh.*\"";
    if (setting_.path == "benchmark.trusted_accounts") return "names of accounts, as in [alice, ci]";
    return "names of sources, as in NVD, \"GHSA*\" or highest";
  }

  Names names(std::string_view what) const {
    Names out;
    for (const YamlNode* item : elements(node_, setting_.path, faults_)) {
      if (out.size() >= kMaxNames) {
        faults_.add(*item, fmt::format("more than {} in {}; remove some", kMaxNames, setting_.path));
        break;
      }
      if (item->kind == YamlNode::Kind::scalar && !item->text.empty()) {
        out.push_back(item->text);
      } else {
        faults_.add(*item, fmt::format("{} holds {}", setting_.path, what));
      }
    }
    return out;
  }

  Additions additions() const {
    Additions out;
    std::set<std::string> known;
    for (const YamlNode* item : elements(node_, setting_.path, faults_)) {
      if (out.size() >= kMaxUserAdditions) {
        faults_.add(*item, fmt::format("more than {} additions; remove some", kMaxUserAdditions));
        break;
      }
      MapReader map(*item, {"name", "label", "points"}, "an addition by label", faults_);
      ScoringPolicy::UserAddition addition;
      addition.name = map.text("name");
      addition.label = map.text("label");
      if (const YamlNode* points = map.require("points")) {
        addition.points = static_cast<int>(number_in(*points, "points", 0, 100, true, faults_).value_or(0));
      }
      if (!addition.name.empty() && !known.insert(addition.name).second) {
        faults_.add(*item,
                    fmt::format("addition \"{}\" is given twice; choose another name", printable(addition.name, 80)));
      }
      out.push_back(std::move(addition));
    }
    return out;
  }

  const YamlNode& node_;
  const Setting& setting_;
  ScoringPolicy& policy_;
  Faults& faults_;
};

// Names that may stand directly below `prefix` ("" is the top).
std::vector<std::string> names_below(std::string_view prefix) {
  std::vector<std::string> names;
  for (const Setting& setting : scoring_settings()) {
    std::string_view path = setting.path;
    if (!prefix.empty()) {
      if (path.size() <= prefix.size() || !path.starts_with(prefix) || path[prefix.size()] != '.') continue;
      path.remove_prefix(prefix.size() + 1);
    }
    const std::string name(path.substr(0, path.find('.')));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

const Setting* setting_at(std::string_view path) {
  for (const Setting& setting : scoring_settings()) {
    if (setting.path == path) return &setting;
  }
  return nullptr;
}

// What it gives is added to `given`.
void read_section(const YamlNode& node, const std::string& path, ScoringPolicy& policy,
                  std::vector<const Setting*>& given, Faults& faults) {
  if (const Setting* setting = setting_at(path)) {
    given.push_back(setting);
    return std::visit(Reading(node, *setting, policy, faults), setting->field);
  }
  const std::vector<std::string> names = names_below(path);
  const MapReader map(node, names, path, faults);
  for (const std::string& name : names) {
    if (const YamlNode* value = map.find(name)) read_section(*value, path + "." + name, policy, given, faults);
  }
}

// What has to fit together, once all of it is read.
void check_whole(const YamlNode& document, const YamlNode* levels, const ScoringPolicy& policy, Faults& faults) {
  if (policy.likelihood_epss_base + policy.likelihood_epss_span > 1 + 1e-12) {
    faults.add(document, "threats.likelihood: epss_base and epss_span add to more than 1; lower one");
  }
  if (!faults.empty() || (policy.level_critical > policy.level_high && policy.level_high > policy.level_medium &&
                          policy.level_medium > policy.level_low)) {
    return;
  }
  faults.add(levels != nullptr ? *levels : document,
             fmt::format("levels must fall from critical to low, but are {}, {}, {}, {}; write descending numbers",
                         policy.level_critical, policy.level_high, policy.level_medium, policy.level_low));
}

bool is_one_of(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

void read_scoring(const YamlNode& document, ScoringPolicy& policy, Faults& faults) {
  if (document.kind != YamlNode::Kind::map) {
    faults.add(document, fmt::format("a policy is a map; begin with schema: {}", kSchema));
    return;
  }
  const std::vector<std::string> names = names_below("");
  std::vector<std::string> allowed{"schema"};
  allowed.insert(allowed.end(), names.begin(), names.end());
  allowed.insert(allowed.end(), other_sections.begin(), other_sections.end());
  const MapReader map(document, std::move(allowed), "a policy", faults);
  if (const YamlNode* schema = map.find("schema"); schema == nullptr) {
    faults.add(document, fmt::format("the schema is not named; write schema: {}", kSchema));
  } else if (schema->text != kSchema) {
    faults.add(*schema, fmt::format("schema \"{}\" is not one this program reads; write schema: {}",
                                    printable(schema->text, 80), kSchema));
  }
  std::vector<const Setting*> given;
  for (const std::string& name : names) {
    if (const YamlNode* value = map.find(name)) read_section(*value, name, policy, given, faults);
  }
  check_whole(document, map.find("levels"), policy, faults);
}

std::vector<const Setting*> read_scoped_scoring(const YamlNode& entry, const std::vector<std::string>& beside,
                                                ScoringPolicy& policy, Faults& faults) {
  std::vector<const Setting*> given;
  const std::vector<std::string> names = names_below("");
  std::vector<std::string> allowed = beside;
  for (const std::string& name : names) {
    if (is_per_asset(name)) allowed.push_back(name);
  }
  YamlNode known = entry;  // without what holds for all, which is told by itself
  known.keys.clear();
  known.items.clear();
  for (size_t i = 0; i < entry.keys.size() && i < entry.items.size(); ++i) {
    const std::string& name = entry.keys[i].text;
    const bool for_all = name == "schema" || is_one_of(names, name) ||
                         std::find(other_sections.begin(), other_sections.end(), name) != other_sections.end();
    if (for_all && !is_one_of(allowed, name)) {
      faults.add(entry.keys[i],
                 fmt::format("{} holds for all assets; write it at the top of the file, outside of scoped", name));
      continue;
    }
    known.keys.push_back(entry.keys[i]);
    known.items.push_back(entry.items[i]);
  }
  if (entry.kind == YamlNode::Kind::sequence) known.items = entry.items;
  const MapReader map(known, allowed, "an entry of scoped", faults);
  for (const std::string& name : names) {
    const YamlNode* value = is_per_asset(name) ? map.find(name) : nullptr;
    if (value != nullptr) read_section(*value, name, policy, given, faults);
  }
  check_whole(entry, map.find("levels"), policy, faults);
  return given;
}

}  // namespace plimsoll::policy
