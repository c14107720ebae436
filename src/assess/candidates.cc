#include "assess/candidates.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/names.h"
#include "version/compare.h"

namespace plimsoll::assess {
namespace {

constexpr size_t kMaxRemoves = 500;

// Where an upgrade is done: the host, or the image that containers run.
struct Place {
  std::string key, words;
  bool host = false;
};

Place place_of(const Asset& asset) {
  if (asset.kind == AssetKind::host) return {asset.name, "on host " + printable(asset.name, 120), true};
  const std::string& image = asset.kind == AssetKind::image ? asset.name : asset.image;
  if (image.empty()) return {asset.name, "in container " + printable(asset.name, 120), false};
  return {image, "in image " + printable(image, 200), false};
}

// The later of two fixed versions in the order of their ecosystem; what cannot be compared stays as it is.
void keep_later(std::string& best, const std::string& candidate, const std::string& ecosystem) {
  const auto scheme = version::scheme_of(ecosystem);
  const auto order = scheme ? version::compare(*scheme, best, candidate) : std::nullopt;
  if (best.empty() || (order && *order < 0)) best = candidate;
}

// One upgrade while its threats are collected.
struct Draft {
  Candidate candidate;
  std::string name, target;
  bool of_binary = false;  // name and target are a binary package's, whose versions are not its source's
  Place place;
  std::set<std::string> groups;
};

// A vulnerability's fix is a version of the source package, a pending update's one of the binary package. Where the two
// count differently, the binary package is named only as long as nothing better is known.
void name_target(Draft& draft, const Threat& threat) {
  const Package& package = *threat.package;
  const bool of_binary =
      threat.kind == ThreatKind::patch && !package.source_version.empty() && package.source_version != package.version;
  if (of_binary && !draft.target.empty()) return;
  if (draft.of_binary) draft.target.clear();
  draft.of_binary = of_binary;
  draft.name = of_binary || package.source_name.empty() ? package.name : package.source_name;
  keep_later(draft.target, threat.fixed_version, package.ecosystem);
}

std::string remedy_of(const Draft& draft) {
  const std::string what = printable(draft.name, 120) + " " + printable(draft.target, 80);
  if (draft.candidate.components.count("kernel") != 0)
    return fmt::format("Install the kernel {} or later and reboot.", what);
  if (draft.place.host)
    return fmt::format("Install {} or later with the host's package manager and restart what uses it.", what);
  return fmt::format("Rebuild the image with {} or later and start its containers anew.", what);
}

void name_removed(Candidate& candidate, const World& world) {
  std::set<ThreatId> ids;
  for (const auto& [node, threats] : candidate.removes) {
    for (const size_t i : threats) ids.insert(world.assets()[static_cast<size_t>(node)].listed[i]->id);
  }
  for (const ThreatId& id : ids) {
    if (candidate.action.removes.size() < kMaxRemoves) candidate.action.removes.push_back(id);
  }
}

class Proposals {
 public:
  explicit Proposals(const World& world) : world_(world) {}

  std::vector<Candidate> run() {
    for (int node = 0; node < static_cast<int>(world_.assets().size()); ++node) {
      propose_upgrades(node);
      propose_settings(node);
      propose_checks(node);
      propose_exposure(node);
    }
    for (int node = 0; node < static_cast<int>(world_.assets().size()); ++node) propose_platform(node);
    for (auto& [id, draft] : drafts_) finish(draft);
    return std::move(out_);
  }

 private:
  const AssetState& asset(int node) const { return world_.assets()[static_cast<size_t>(node)]; }

  Draft& draft(const std::string& id, const Place& place) {
    Draft& d = drafts_[id];
    d.candidate.action.id = id;
    d.candidate.action.kind = place.host ? "patch-host" : "upgrade";
    d.place = place;
    return d;
  }

  static std::string id_of(const Place& place, const std::string& what) {
    return fmt::format("{}:{}@{}", place.host ? "patch-host" : "upgrade", printable(what, 200),
                       printable(place.key, 200));
  }

  void take(Draft& d, int node, size_t threat, const std::string& component) {
    d.candidate.removes[node].insert(threat);
    if (component.empty()) return;
    d.candidate.components.insert(component);
    d.candidate.host = node;
  }

  void propose_upgrades(int node) {
    const AssetState& state = asset(node);
    const Place place = place_of(state.report->asset);
    std::map<std::string, double> points;  // by group key
    const auto group_points = state.threats.points_by_group(state.situation);
    for (size_t g = 0; g < group_points.size(); ++g) points[state.threats.group_keys()[g]] = group_points[g];
    for (size_t i = 0; i < state.listed.size(); ++i) {
      const Threat& threat = *state.listed[i];
      if (!threat.package || threat.fixed_version.empty()) continue;
      const std::string key = group_key(threat);
      const std::string component = place.host ? component_of(*threat.package) : "";
      Draft& one = draft(id_of(place, component.empty() ? key : component), place);
      if (one.candidate.removes[node].empty()) one.candidate.weight += points[key];
      name_target(one, threat);
      take(one, node, i, component);
      Draft& all = draft(id_of(place, "all"), place);
      if (all.groups.insert(key).second) all.candidate.weight += points[key];
      take(all, node, i, component);
    }
  }

  // Flaws of kernel and runtimes that open routes, also where no package of the host is known to carry them.
  void propose_platform(int node) {
    const AssetState& state = asset(node);
    if (state.host < 0) return;
    const Place place = place_of(asset(state.host).report->asset);
    for (const RouteFinding& route : state.routes) {
      if (!route.assessed || route.threat_id.empty()) continue;
      for (const CveRule& rule : world_.rules().cves) {
        if (rule.cve != route.threat_id || rule.route != route.id) continue;
        Draft& d = draft(id_of(place, rule.component), place);
        if (d.name.empty()) d.name = rule.component;
        d.candidate.components.insert(rule.component);
        d.candidate.host = state.host;
        d.candidate.weight += 100 *
                              (world_.escape_probability({route}) - world_.rules().scoring.edge_container_to_host) /
                              static_cast<double>(world_.assets().size());
        const ThreatId id{rule.cve};
        auto& removes = d.candidate.action.removes;
        if (std::find(removes.begin(), removes.end(), id) == removes.end()) removes.push_back(id);
      }
    }
  }

  void propose_settings(int node) {
    const AssetState& state = asset(node);
    const std::string& name = state.report->asset.name;
    for (const RouteFinding& route : state.routes) {
      if (!route.assessed || !route.threat_id.empty()) continue;
      Candidate c;
      c.action.id = fmt::format("route:{}@{}", route.id, printable(name, 200));
      c.action.kind = "setting";
      c.action.title = fmt::format("{}: close \"{}\"", printable(name, 120), route.title);
      c.action.remedy = route.remedy;
      c.container = node;
      c.closes = route.id;
      for (const RouteRule& rule : world_.rules().routes) {
        if (rule.id == route.id) c.clears = rule.clears;
      }
      c.weight = 100 * world_.escape_probability({route}) + (state.situation.privileged ? 15 : 0);
      out_.push_back(std::move(c));
    }
  }

  // One action for each failed check of an asset: the setting that its rule asks for.
  void propose_checks(int node) {
    const AssetState& state = asset(node);
    const std::string& name = state.report->asset.name;
    std::map<std::string, Candidate> by_rule;
    for (size_t i = 0; i < state.listed.size(); ++i) {
      const Threat& threat = *state.listed[i];
      if (threat.kind != ThreatKind::benchmark) continue;
      Candidate& c = by_rule[group_key(threat)];
      c.removes[node].insert(i);
      c.action.id = fmt::format("check:{}@{}", printable(threat.id.value, 200), printable(name, 200));
      c.action.kind = "setting";
      c.action.title = fmt::format("{}: {}", printable(name, 120), printable(threat.title, 200));
      c.action.remedy = threat.remedy;
      c.action.removes = {threat.id};
    }
    if (by_rule.empty()) return;
    const auto group_points = state.threats.points_by_group(state.situation);
    for (size_t g = 0; g < group_points.size(); ++g) {
      const auto found = by_rule.find(state.threats.group_keys()[g]);
      if (found != by_rule.end()) found->second.weight = group_points[g];
    }
    for (auto& [key, candidate] : by_rule) out_.push_back(std::move(candidate));
  }

  void propose_exposure(int node) {
    const AssetState& state = asset(node);
    if (state.report->asset.kind != AssetKind::container || !state.situation.exposure.takes_wan()) return;
    const std::string& name = state.report->asset.name;
    Candidate c;
    c.action.id = fmt::format("exposure:{}", printable(name, 200));
    c.action.kind = "exposure";
    c.action.title = fmt::format("Take {} off the outside network", printable(name, 120));
    c.action.remedy = "Publish its ports on 127.0.0.1 or not at all, or put them behind a filter.";
    c.container = node;
    c.hides = true;
    c.weight = 50;
    out_.push_back(std::move(c));
  }

  void finish(Draft& d) {
    Candidate& c = d.candidate;
    const bool all = c.action.id.find(":all@") != std::string::npos && d.name.empty();
    if (all && d.groups.size() < 2) return;
    const std::string target = d.target.empty() ? "" : " to " + printable(d.target, 80);
    if (all) {
      c.action.title = fmt::format("Upgrade all {} packages with known fixes {}", d.groups.size(), d.place.words);
      c.action.remedy = d.place.host ? "Bring the host up to date with its package manager, then reboot."
                                     : "Rebuild the image from an up-to-date base and with up-to-date packages.";
    } else {
      c.action.title = fmt::format("Upgrade {}{} {}", printable(d.name, 120), target, d.place.words);
      c.action.remedy = d.target.empty()
                            ? fmt::format("Install the current {} and restart what runs on it.", printable(d.name, 120))
                            : remedy_of(d);
    }
    std::vector<ThreatId> by_routes = std::move(c.action.removes);
    c.action.removes.clear();
    name_removed(c, world_);
    for (ThreatId& id : by_routes) {
      if (std::find(c.action.removes.begin(), c.action.removes.end(), id) == c.action.removes.end()) {
        c.action.removes.push_back(std::move(id));
      }
    }
    std::sort(c.action.removes.begin(), c.action.removes.end());
    out_.push_back(std::move(c));
  }

  const World& world_;
  std::map<std::string, Draft> drafts_;
  std::vector<Candidate> out_;
};

}  // namespace

std::vector<Candidate> propose(const World& world) { return Proposals(world).run(); }

}  // namespace plimsoll::assess
