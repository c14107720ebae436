#include "assess/network_threats.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "assess/own_level.h"
#include "base/text.h"
#include "model/names.h"

namespace plimsoll::assess {
namespace {

struct Advice {
  std::string_view detector, remedy;  // by the longest beginning of the detector's id
};

constexpr std::array<Advice, 7> kAdvice{{
    {"net.scan", "Find out who runs the source; let only those reach the asset who must."},
    {"net.tcp.syn-flood", "Turn on SYN cookies (net.ipv4.tcp_syncookies = 1) and limit new connections before it."},
    {"net.cloud.metadata",
     "Keep containers from the metadata service: require session tokens with a hop limit of 1, or block its address; "
     "change credentials that were handed out."},
    {"net.http.log4shell",
     "Upgrade log4j-core to 2.17.1 or later, and keep the asset from opening connections outside."},
    {"net.expose", "Turn on authentication, and bind the service to the network of its clients only."},
    {"net.baseline", "Find out whether the change was meant; if not, isolate the asset and look into it."},
    {"net.", "Find out who runs the source."},
}};

std::string remedy_of(const std::string& detector) {
  for (const Advice& advice : kAdvice) {
    if (detector.rfind(advice.detector, 0) == 0) return std::string(advice.remedy);
  }
  return {};
}

double middle_of(SeverityLevel level) {
  constexpr std::array<double, 5> scores = {5.0, 2.5, 5.5, 8.0, 9.5};
  return scores[static_cast<size_t>(level)];
}

std::string said(const FlowEnd& end, const std::map<AssetId, const AssetReport*>& assets) {
  const auto known = assets.find(end.asset);
  std::string out = known != assets.end() ? printable(known->second->asset.name, 100) : printable(end.address, 64);
  if (out.empty() || out == "::") out = "many";
  return end.port == 0 ? out : fmt::format("{} port {}", out, end.port);
}

// The flaw of the asset that an event is about; null when none is known.
const Threat* known_flaw(const AssetReport& asset, const std::vector<std::string>& cves) {
  const auto about = [&](const std::string& id) { return std::find(cves.begin(), cves.end(), id) != cves.end(); };
  for (const Threat& threat : asset.threats) {
    if (threat.kind != ThreatKind::vulnerability) continue;
    if (about(threat.id.value) || std::any_of(threat.aliases.begin(), threat.aliases.end(), about)) return &threat;
  }
  return nullptr;
}

// What the flaw and the event say together. That no package shows the flaw proves nothing: what is bundled inside an
// application has no package.
void correlate(const AssetReport& asset, const NetworkEvent& event, Threat& threat) {
  if (event.cves.empty()) return;
  if (const Threat* flaw = known_flaw(asset, event.cves)) {
    threat.severity.level = SeverityLevel::critical;
    threat.evidence += fmt::format("; the asset has {}", printable(flaw->id.value, 60));
    if (flaw->package) {
      threat.evidence +=
          fmt::format(" in {} {}", printable(flaw->package->name, 100), printable(flaw->package->version, 60));
    }
  } else {
    threat.evidence += "; whether the asset has the flaw is not known";
  }
}

Threat threat_of(const AssetReport& asset, const NetworkEvent& event,
                 const std::map<AssetId, const AssetReport*>& assets) {
  Threat threat;
  threat.id = {event.detector};
  threat.aliases = event.cves;
  threat.kind = ThreatKind::network;
  threat.title = event.title;
  threat.severity.level = event.severity;
  threat.severity.source = "Plimsoll";
  threat.evidence =
      fmt::format("{}: from {} to {}, {} time{}, {}", printable(event.evidence, 1000), said(event.source, assets),
                  said(event.target, assets), event.count, event.count == 1 ? "" : "s", name_of(event.outcome));
  correlate(asset, event, threat);
  threat.severity.score = middle_of(threat.severity.level);
  threat.remedy = remedy_of(event.detector);
  if (!event.technique.empty()) {
    std::string page = event.technique;
    std::replace(page.begin(), page.end(), '.', '/');
    threat.references.push_back("https://attack.mitre.org/techniques/" + printable(page, 40) + "/");
  }
  threat.first_seen = event.first_seen;
  return threat;
}

// Whose threat an event is; null when it is nobody's here.
AssetReport* owner_of(const NetworkEvent& event, const std::map<AssetId, AssetReport*>& assets) {
  const auto find = [&](const AssetId& id) {
    const auto found = assets.find(id);
    return id.empty() || found == assets.end() ? nullptr : found->second;
  };
  AssetReport* source = find(event.source.asset);
  AssetReport* owner = event.on_source ? source : find(event.target.asset);
  // An attack that one of our own starts on somebody else is told of the one that starts it.
  return owner != nullptr ? owner : source;
}

bool is_fault(const NetworkEvent& event, const AssetReport& owner) {
  if (is_everyday(event)) return false;
  // The cloud's own agents on a host ask its metadata service all day.
  return !(event.detector.rfind("net.cloud.metadata", 0) == 0 && owner.host);
}

Threat threat_of(const AssetBehaviour& behaviour) {
  Threat threat;
  threat.id = {std::string(baseline_threat)};
  threat.kind = ThreatKind::behaviour;
  threat.title = "Departs from its learned behaviour on the network";
  threat.severity.level = behaviour.weight >= 0.5 ? SeverityLevel::medium : SeverityLevel::low;
  threat.severity.score = middle_of(threat.severity.level);
  threat.severity.source = "Plimsoll";
  threat.evidence = printable(join(behaviour.anomalies, "; "), 2000);
  threat.remedy = remedy_of(threat.id.value);
  threat.references = {"https://attack.mitre.org/techniques/T1071/"};
  return threat;
}

void mark(FlowEnd& end, const WanPolicy& wan) {
  // An end without an address stands for anywhere: what it is was said where it was made.
  if (!end.address.empty()) end.wan = wan.is_outside(end.address);
}

}  // namespace

void mark_outside(Report& report, const WanPolicy& wan) {
  for (Flow& flow : report.flows) {
    mark(flow.from, wan);
    mark(flow.to, wan);
  }
  for (NetworkEvent& event : report.network.events) {
    mark(event.source, wan);
    mark(event.target, wan);
  }
}

void add_network_threats(Report& report) {
  std::map<AssetId, AssetReport*> assets;
  std::map<AssetId, const AssetReport*> named;
  for (AssetReport& asset : report.assets) {
    assets.emplace(asset.asset.id, &asset);
    named.emplace(asset.asset.id, &asset);
  }
  std::map<AssetReport*, std::vector<Threat>> found;  // first all, so that events do not see each other as flaws
  for (const NetworkEvent& event : report.network.events) {
    AssetReport* owner = owner_of(event, assets);
    if (owner != nullptr && is_fault(event, *owner)) found[owner].push_back(threat_of(*owner, event, named));
  }
  for (const AssetBehaviour& behaviour : report.network.behaviour) {
    const auto owner = assets.find(behaviour.asset);
    if (owner == assets.end()) continue;
    if (behaviour.learned < 1) {
      owner->second->assessment.not_assessed.push_back(
          {"behaviour on the network", fmt::format("learned to {} %", static_cast<int>(behaviour.learned * 100)), {}});
    } else if (!behaviour.anomalies.empty()) {
      found[owner->second].push_back(threat_of(behaviour));
    }
  }
  for (auto& [owner, threats] : found) {
    owner->threats.insert(owner->threats.end(), std::make_move_iterator(threats.begin()),
                          std::make_move_iterator(threats.end()));
  }
}

}  // namespace plimsoll::assess
