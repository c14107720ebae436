#include "analyzer/behaviour.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "assess/network_threats.h"
#include "base/file.h"
#include "base/text.h"
#include "model/ip_address.h"
#include "model/names.h"

namespace plimsoll::analyzer {
namespace {

using network::GroupSighting;
using network::Trait;
using network::TraitKind;

constexpr size_t kFileMost = size_t{256} << 20, kNameMost = 120;

// "registry.example:5000/shop/web:1.2@sha256:..." -> "registry.example:5000/shop/web"
std::string repository_of(const std::string& image) {
  const std::string name = image.substr(0, image.find('@'));
  const size_t colon = name.rfind(':'), slash = name.rfind('/');
  const bool tag = colon != std::string::npos && (slash == std::string::npos || colon > slash);
  return tag ? name.substr(0, colon) : name;
}

std::string service_of(const AssetReport& asset) {
  for (const char* label :
       {"com.docker.compose.service", "com.docker.swarm.service.name", "io.kubernetes.container.name"}) {
    const auto found = asset.asset.labels.find(label);
    if (found != asset.asset.labels.end()) return found->second;
  }
  return asset.container && !asset.container->processes.empty() ? asset.container->processes.front().name : "";
}

// The name under which an owner registers: the last two labels, or three where the second is short, as in "co.uk".
std::string registered_part(std::string_view name) {
  const std::vector<std::string_view> labels = split(name, '.');
  size_t kept = 2;
  if (labels.size() > 2 && labels.back().size() == 2 && labels[labels.size() - 2].size() <= 3) kept = 3;
  std::string out;
  for (size_t i = labels.size() - std::min(kept, labels.size()); i < labels.size(); ++i) {
    out += (out.empty() ? "" : ".") + lower(labels[i]);
  }
  return out;
}

// Outside peers change their addresses: the name where one is known, else the network around the address.
std::string destination_of(const Flow& flow) {
  for (const std::string* name : {&flow.server_name, &flow.looked_up_as}) {
    if (!name->empty() && !parse_address(*name)) return printable(registered_part(*name), kNameMost);
  }
  auto address = parse_address(flow.to.address);
  if (!address) return printable(flow.to.address, 64);
  const int kept = address->v4() ? 15 : 6;  // of 16 bytes: /24, /48
  std::fill(address->bytes.begin() + kept, address->bytes.end(), uint8_t{0});
  return to_text(*address) + (address->v4() ? "/24" : "/48");
}

std::string protocol_of(const Flow& flow) {
  return flow.application.empty() ? fmt::format("{} {}", name_of(flow.transport), flow.to.port)
                                  : printable(flow.application, 60);
}

class Sightings {
 public:
  Sightings(const Report& report, std::chrono::seconds observed) {
    for (const AssetReport& asset : report.assets) {
      if (!asset.container && !asset.host) continue;
      const std::string group = group_of(asset);
      groups[asset.asset.id] = group;
      sightings[group].group = group;
      sightings[group].observed = observed;
      add_listeners(asset);
    }
    for (const Flow& flow : report.flows) {
      if (flow.seen) add(flow);
    }
    for (const NetworkEvent& event : report.network.events) {
      const bool everyday = assess::is_everyday(event);
      if (event.severity != SeverityLevel::low && !everyday) distrust(event);
    }
  }

  std::map<AssetId, std::string> groups;
  std::map<std::string, GroupSighting> sightings;

 private:
  void add(const std::string& group, TraitKind kind, std::string text) {
    std::vector<Trait>& traits = sightings[group].traits;
    Trait trait{kind, std::move(text)};
    if (std::find(traits.begin(), traits.end(), trait) == traits.end()) traits.push_back(std::move(trait));
  }

  void add_listeners(const AssetReport& asset) {
    const auto& listeners = asset.container ? asset.container->listeners : asset.host->listeners;
    if (!listeners.known()) return;
    for (const Listener& listener : *listeners.value) {
      // Connected UDP clients look like listeners.
      if (listener.loopback_only || listener.transport != Transport::tcp) continue;
      add(groups[asset.asset.id], TraitKind::listener, fmt::format("tcp {}", listener.port));
    }
  }

  std::string peer(const FlowEnd& end) const {
    const auto group = groups.find(end.asset);
    if (group != groups.end() && !end.wan) return group->second;
    return end.wan ? "the outside" : "other machines";
  }

  void add(const Flow& flow) {
    const auto from = groups.find(flow.from.asset), to = groups.find(flow.to.asset);
    if (from != groups.end()) {
      sightings[from->second].flows += flow.connections;
      add(from->second, TraitKind::protocol, protocol_of(flow) + " as client");
      if (flow.to.wan) {
        add(from->second, TraitKind::destination, destination_of(flow));
      } else {
        add(from->second, TraitKind::peer, "to " + peer(flow.to));
      }
    }
    if (to != groups.end()) {
      sightings[to->second].flows += flow.connections;
      add(to->second, TraitKind::protocol, protocol_of(flow) + " as server");
      add(to->second, TraitKind::peer, "from " + peer(flow.from));
    }
  }

  // Of an asset that took part in an attack nothing is learned this time.
  void distrust(const NetworkEvent& event) {
    for (const AssetId& id : {event.source.asset, event.target.asset}) {
      const auto group = groups.find(id);
      if (group == groups.end()) continue;
      GroupSighting& sighting = sightings[group->second];
      sighting.distrusted = sighting.traits;
    }
  }
};

}  // namespace

std::string group_of(const AssetReport& asset) {
  if (asset.host) return printable("host " + asset.asset.name, kNameMost);
  const std::string image = asset.asset.image.empty() ? asset.asset.name : repository_of(asset.asset.image);
  const std::string service = service_of(asset);
  return printable(service.empty() ? image : image + " as " + service, kNameMost);
}

void judge_behaviour(Report& report, network::Baseline& baseline, Instant now) {
  if (report.network.observed_ms == 0) return;
  const std::chrono::seconds observed((report.network.observed_ms + 999) / 1000);
  const Sightings seen(report, observed);
  std::map<std::string, network::Abnormality> verdicts;
  for (const auto& [group, sighting] : seen.sightings) verdicts.emplace(group, baseline.see(sighting, now));
  for (const AssetReport& asset : report.assets) {
    const auto group = seen.groups.find(asset.asset.id);
    if (group == seen.groups.end()) continue;
    const network::Abnormality& verdict = verdicts.at(group->second);
    report.network.behaviour.push_back(
        {asset.asset.id, group->second, verdict.learned, verdict.weight, verdict.anomalies});
  }
}

Status judge_behaviour_by_file(Report& report, const std::string& path, Instant now) {
  network::Baseline baseline;
  const auto text = read_file(path, kFileMost);
  if (text.ok()) {
    PLIMSOLL_TRY(read, network::Baseline::from_json(*text, path));
    baseline = std::move(read);
  } else if (text.error().kind != ErrorKind::not_found) {
    return text.error();
  }
  judge_behaviour(report, baseline, now);
  return write_file_atomically(path, baseline.to_json(), 0600);
}

}  // namespace plimsoll::analyzer
