#include "policy/scoped_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <utility>

#include "policy/exception_settings.h"
#include "policy/policy.h"
#include "policy/selection.h"

namespace plimsoll::policy {
namespace {

constexpr size_t most_entries = 1000;

// Settings that only make sense together travel together.
void complete_groups(std::vector<const Setting*>& given) {
  for (const Setting& setting : scoring_settings()) {
    const int group = group_of(setting.path);
    const auto is_given = [&](const Setting* other) { return other == &setting; };
    const auto is_near = [&](const Setting* other) { return group_of(other->path) == group; };
    if (group != 0 && std::none_of(given.begin(), given.end(), is_given) &&
        std::any_of(given.begin(), given.end(), is_near))
      given.push_back(&setting);
  }
}

void read_entry(const YamlNode& node, const std::string& file, Policy& policy, Faults& faults) {
  ScopedSettings out;
  out.file = file;
  out.line = node.line;
  out.values = policy.scoring;
  out.given = read_scoped_scoring(node, {"scope", std::string(exceptions_key)}, out.values, faults);
  complete_groups(out.given);
  out.origins = origins_of(node, file, std::array<std::string_view, 2>{"scope", exceptions_key});
  const YamlNode* scope = child(node, "scope");
  if (scope == nullptr) {
    if (node.kind == YamlNode::Kind::map)
      faults.add(node, "an entry of scoped needs \"scope\": which assets, as in {label: env=prod}");
    return;
  }
  out.on = read_selection(*scope, "scope", faults);
  if (out.on == AssetSelection())
    return faults.add(*scope, "scope is empty, which fits every asset; write these settings outside of scoped");
  if (const YamlNode* list = child(node, exceptions_key))
    read_exceptions(*list, file, &out.on, policy.exceptions, faults);
  policy.scoped.push_back(std::move(out));
}

struct Specificity {
  int keys = 0, exact = 0;
  auto operator<=>(const Specificity&) const = default;
};

Specificity specificity_of(const AssetSelection& on) {
  Specificity out;
  const auto count = [&](bool given, bool exact) {
    out.keys += given ? 1 : 0;
    out.exact += given && exact ? 1 : 0;
  };
  count(!on.kinds.empty(), true);
  for (const auto* list : {&on.labels, &on.images, &on.names, &on.nodes, &on.namespaces}) {
    count(!list->empty(), std::none_of(list->begin(), list->end(),
                                       [](const std::string& text) { return text.find('*') != std::string::npos; }));
  }
  return out;
}

void lay_over(ScoringPolicy& policy, const ScopedSettings& entry) {
  for (const Setting* setting : entry.given)
    std::visit([&](auto field) { policy.*field = entry.values.*field; }, setting->field);
}

}  // namespace

void read_scoped(const YamlNode& document, const std::string& file, Policy& policy, Faults& faults) {
  const YamlNode* section = child(document, scoped_key);
  if (section == nullptr) return;
  for (const YamlNode* item : elements(*section, scoped_key, faults)) {
    if (policy.scoped.size() >= most_entries)
      return faults.add(*item, fmt::format("more than {} entries in scoped; join some", most_entries));
    read_entry(*item, file, policy, faults);
  }
}

std::vector<const ScopedSettings*> scopes_of(const Policy& policy, const Asset& asset) {
  std::vector<const ScopedSettings*> out;
  for (const ScopedSettings& entry : policy.scoped) {
    if (is_selected(entry.on, asset)) out.push_back(&entry);
  }
  std::stable_sort(out.begin(), out.end(), [](const ScopedSettings* a, const ScopedSettings* b) {
    return specificity_of(a->on) < specificity_of(b->on);
  });
  return out;
}

OwnScoring own_scoring(const Policy& policy, const std::vector<AssetReport>& assets) {
  OwnScoring out;
  if (policy.scoped.empty()) return out;
  std::map<std::vector<const ScopedSettings*>, std::shared_ptr<const ScoringPolicy>> made;
  for (const AssetReport& asset : assets) {
    const std::vector<const ScopedSettings*> entries = scopes_of(policy, asset.asset);
    if (entries.empty()) continue;
    std::shared_ptr<const ScoringPolicy>& shared = made[entries];
    if (!shared) {
      ScoringPolicy scoring = policy.scoring;
      for (const ScopedSettings* entry : entries) lay_over(scoring, *entry);
      shared = std::make_shared<const ScoringPolicy>(std::move(scoring));
    }
    out[asset.asset.id] = shared;
  }
  return out;
}

}  // namespace plimsoll::policy
