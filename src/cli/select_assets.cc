#include "cli/select_assets.h"

#include <algorithm>

#include "base/text.h"

namespace plimsoll::cli {
namespace {

bool selects(const analyzer::Target& target, const AssetReport& asset) {
  using Kind = analyzer::Target::Kind;
  switch (target.kind) {
    case Kind::host:
      return asset.asset.kind == AssetKind::host;
    case Kind::container: {
      if (!asset.container) return false;
      const std::string& id = asset.container->id.value;
      return asset.asset.name == target.value || (target.value.size() >= 4 && id.rfind(target.value, 0) == 0);
    }
    default:
      return true;
  }
}

}  // namespace

Status select_assets(Report& report, const std::vector<analyzer::Target>& targets) {
  using Kind = analyzer::Target::Kind;
  const bool part = !targets.empty() && std::all_of(targets.begin(), targets.end(), [](const analyzer::Target& t) {
    return t.kind == Kind::host || t.kind == Kind::container;
  });
  if (!part) return Done{};
  for (const analyzer::Target& target : targets) {
    if (std::none_of(report.assets.begin(), report.assets.end(),
                     [&](const AssetReport& a) { return selects(target, a); })) {
      return Error{ErrorKind::not_found,
                   "no running container is called '" + printable(target.value, 100) + "'",
                   {},
                   report.incomplete.empty()
                       ? "plimsoll scan lists all"
                       : report.incomplete.front().what + ": " + report.incomplete.front().reason};
    }
  }
  std::erase_if(report.assets, [&](const AssetReport& asset) {
    return std::none_of(targets.begin(), targets.end(), [&](const analyzer::Target& t) { return selects(t, asset); });
  });
  const auto shown = [&](const AssetId& id) {
    return std::any_of(report.assets.begin(), report.assets.end(),
                       [&](const AssetReport& a) { return a.asset.id == id; });
  };
  std::erase_if(report.flows, [&](const Flow& f) { return !shown(f.from.asset) && !shown(f.to.asset); });
  std::erase_if(report.network.events,
                [&](const NetworkEvent& e) { return !shown(e.source.asset) && !shown(e.target.asset); });
  std::erase_if(report.network.behaviour, [&](const AssetBehaviour& b) { return !shown(b.asset); });
  std::erase_if(report.fixes, [&](const FixAction& fix) {
    return std::none_of(fix.falls.begin(), fix.falls.end(), [&](const FixAction::Fall& f) { return shown(f.asset); });
  });
  return Done{};
}

}  // namespace plimsoll::cli
