#include "assess/exceptions.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>

namespace plimsoll::assess {
namespace {

bool reaches(const Exception& exception, const Asset& asset) {
  switch (exception.scope) {
    case Exception::Scope::asset:
      return exception.asset == asset.id;
    case Exception::Scope::image:
      return !exception.image.empty() && exception.image == (asset.kind == AssetKind::image ? asset.name : asset.image);
    case Exception::Scope::selection:
      return is_selected(exception.on, asset);
    case Exception::Scope::everywhere:
      break;
  }
  return true;
}

bool is_pattern(const Exception& exception) {
  return exception.scope == Exception::Scope::selection && exception.threat.value.find('*') != std::string::npos;
}

bool names(const Exception& exception, const std::string& id) {
  return is_pattern(exception) ? fits_pattern(exception.threat.value, id) : exception.threat.value == id;
}

// Exceptions that hold, by the id they name: an asset has many threats, and few are excepted.
using ById = std::unordered_map<std::string, std::vector<const Exception*>>;
using Patterns = std::vector<const Exception*>;

const Exception* last_of(const ById& by_id, const Patterns& patterns, const AssetReport& asset, const Threat& threat) {
  const Exception* best = nullptr;
  const auto weigh = [&](const Exception* exception) {
    if (best != nullptr && exception->expires_at <= best->expires_at) return;
    if (covers(*exception, asset, threat)) best = exception;
  };
  const auto look = [&](const std::string& id) {
    const auto found = by_id.find(id);
    if (found == by_id.end()) return;
    for (const Exception* exception : found->second) weigh(exception);
  };
  look(threat.id.value);
  for (const std::string& alias : threat.aliases) look(alias);
  for (const Exception* exception : patterns) weigh(exception);
  return best;
}

}  // namespace

bool covers(const Exception& exception, const AssetReport& asset, const Threat& threat) {
  const bool named = names(exception, threat.id.value) ||
                     std::any_of(threat.aliases.begin(), threat.aliases.end(),
                                 [&](const std::string& alias) { return names(exception, alias); });
  if (!named || !reaches(exception, asset.asset)) return false;
  if (exception.package.empty()) return true;
  return threat.package &&
         (threat.package->name == exception.package || threat.package->source_name == exception.package);
}

void set_aside(Report& report, const std::vector<Exception>& exceptions, Instant now) {
  ById by_id;
  Patterns all_patterns;
  for (const Exception& exception : exceptions) {
    if (exception.expires_at <= now) continue;
    (is_pattern(exception) ? all_patterns : by_id[exception.threat.value]).push_back(&exception);
  }
  if (by_id.empty() && all_patterns.empty()) return;
  for (AssetReport& asset : report.assets) {
    Patterns patterns;  // that are about this asset
    std::copy_if(all_patterns.begin(), all_patterns.end(), std::back_inserter(patterns),
                 [&](const Exception* exception) { return is_selected(exception->on, asset.asset); });
    std::vector<Threat> kept;
    kept.reserve(asset.threats.size());
    for (Threat& threat : asset.threats) {
      if (const Exception* by = last_of(by_id, patterns, asset, threat))
        asset.excepted.push_back({std::move(threat), by->id, by->reason, by->owner, by->expires_at});
      else
        kept.push_back(std::move(threat));
    }
    asset.threats = std::move(kept);
  }
}

}  // namespace plimsoll::assess
