#include "policy/explain.h"

#include <map>

#include "policy/selection.h"
#include "policy/tree_image.h"

namespace plimsoll::policy {
namespace {

using BuiltIn = std::map<std::string, std::string>;

BuiltIn built_in_values() {
  BuiltIn out;
  const auto document = tree_of_image(built_in_tree(default_file));
  if (!document.ok()) return out;
  for (Origin& origin : origins_of(*document, default_file, not_settings)) out[origin.path] = std::move(origin.value);
  return out;
}

using Won = std::map<std::string, ExplainedSetting>;

void put(const Origin& origin, const std::string& scope, Won& won) {
  won[origin.path] = {origin.path, origin.value, {}, origin.file, origin.line, scope};
}

// A group is taken whole: what an entry does not give of it is as for all.
void lay_over(const ScopedSettings& entry, const Won& for_all, Won& won) {
  for (const Setting* setting : entry.given) {
    const std::string path(setting->path);
    if (group_of(path) == 0) continue;
    won.erase(path);
    if (const auto found = for_all.find(path); found != for_all.end()) won[path] = found->second;
  }
  const std::string scope = describe(entry.on);
  for (const Origin& origin : entry.origins) put(origin, scope, won);
}

}  // namespace

Explanation explain(const Policy& policy, const Asset& asset) {
  Explanation out;
  Won for_all;
  for (const Origin& origin : policy.origins) put(origin, {}, for_all);
  Won won = for_all;
  const std::vector<const ScopedSettings*> scopes = scopes_of(policy, asset);
  for (const ScopedSettings* entry : scopes) lay_over(*entry, for_all, won);
  out.scopes.assign(scopes.rbegin(), scopes.rend());
  const BuiltIn built_in = built_in_values();
  for (auto& [path, setting] : won) {
    if (const auto found = built_in.find(path); found != built_in.end()) setting.built_in = found->second;
    if (!same_value(setting.value, setting.built_in)) out.settings.push_back(std::move(setting));
  }
  for (const Exception& exception : policy.exceptions) {
    if (is_selected(exception.on, asset)) out.exceptions.push_back(&exception);
  }
  const Result<Policy> defaults = default_policy();
  for (const ResponseRule& rule : policy.responses.rules) {
    const ResponseRule* before = defaults.ok() ? defaults->responses.find(rule.id) : nullptr;
    if (is_selected(rule.when.on, asset) && (before == nullptr || !(*before == rule))) out.responses.push_back(&rule);
  }
  return out;
}

}  // namespace plimsoll::policy
