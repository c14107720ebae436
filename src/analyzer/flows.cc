#include "analyzer/flows.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "analyzer/address.h"
#include "analyzer/flow_table.h"
#include "system/proc_net.h"

namespace plimsoll::analyzer {
namespace {

void add_seen(FlowTable& table, const AddressBook& book, const std::vector<probe::Connection>& connections,
              const std::set<const Flow*>& watched) {
  // Both ends of one connection may be reported: it counts once.
  std::set<std::tuple<std::string, uint16_t, std::string, uint16_t>> counted;
  for (const probe::Connection& c : connections) {
    const std::string local = plain_address(c.local_address);
    const std::string remote = plain_address(c.remote_address);
    if (system::is_loopback(local) || system::is_loopback(remote)) continue;
    FlowEnd here = book.end_of(c.owner, local, c.local_port);
    FlowEnd there = book.end(remote, c.remote_port);
    if (there.asset == c.owner) continue;
    const bool incoming = c.local_listens;
    Flow* flow = incoming ? table.find_or_add(there, here, c.transport, true)
                          : table.find_or_add(here, there, c.transport, true);
    // What was watched is known better than by the sockets of one moment.
    if (flow == nullptr || watched.count(flow) != 0) continue;
    const auto tuple = incoming ? std::tuple(remote, c.remote_port, local, c.local_port)
                                : std::tuple(local, c.local_port, remote, c.remote_port);
    if (counted.insert(tuple).second) ++flow->connections;
  }
}

std::vector<Listener> open_listeners(const Fact<std::vector<Listener>>& listeners) {
  std::vector<Listener> open;
  std::set<std::pair<Transport, uint16_t>> ports;
  if (!listeners.known()) return open;
  for (const Listener& listener : *listeners.value) {
    if (!listener.loopback_only && ports.emplace(listener.transport, listener.port).second) open.push_back(listener);
  }
  return open;
}

void add_shared_networks(FlowTable& table, const Report& report) {
  std::map<std::string, std::vector<const AssetReport*>> members;
  for (const AssetReport& asset : report.assets) {
    if (!asset.container || !asset.container->networks.known()) continue;
    for (const NetworkAttachment& network : *asset.container->networks.value) {
      if (!network.network_id.empty()) members[network.network_id].push_back(&asset);
    }
  }
  for (const auto& [id, assets] : members) {
    for (const AssetReport* to : assets) {
      for (const Listener& listener : open_listeners(to->container->listeners)) {
        if (listener.transport != Transport::tcp) continue;
        for (const AssetReport* from : assets) {
          if (from == to || table.has_seen(from->asset.id, to->asset.id, listener.port, listener.transport)) continue;
          table.find_or_add({from->asset.id, {}, 0, false}, {to->asset.id, {}, listener.port, false},
                            listener.transport, false);
        }
      }
    }
  }
}

void add_published(FlowTable& table, const Report& report) {
  const FlowEnd outside{{}, "", 0, true};
  std::set<std::pair<Transport, uint16_t>> published;
  for (const AssetReport& asset : report.assets) {
    if (!asset.container || !asset.container->published.known()) continue;
    for (const PublishedPort& port : *asset.container->published.value) {
      published.emplace(port.transport, port.host_port);
      if (port.outside)
        table.find_or_add(outside, {asset.asset.id, {}, port.container_port, false}, port.transport, false);
    }
  }
  for (const AssetReport& asset : report.assets) {
    const bool host_network = asset.container && asset.container->host_namespace.count("net") != 0 &&
                              asset.container->host_namespace.at("net").is(true);
    if (!asset.host && !host_network) continue;
    for (const Listener& listener : open_listeners(asset.host ? asset.host->listeners : asset.container->listeners)) {
      // Connected UDP clients look like listeners; only TCP says plainly that somebody waits.
      if (listener.transport != Transport::tcp || published.count({listener.transport, listener.port}) != 0) continue;
      table.find_or_add(outside, {asset.asset.id, {}, listener.port, false}, listener.transport, false);
    }
  }
}

// Adds one connection, or several alike, to their flow.
void join(Flow& flow, const probe::SeenFlow& seen) {
  const network::FlowRecord& record = seen.record;
  const auto at = [](network::Time time) { return std::chrono::floor<std::chrono::seconds>(time); };
  const bool first = flow.connections == 0;
  flow.first_seen = first ? at(record.first_seen) : std::min(flow.first_seen, Instant(at(record.first_seen)));
  flow.last_seen = first ? at(record.last_seen) : std::max(flow.last_seen, Instant(at(record.last_seen)));
  flow.connections += seen.connections;
  flow.opener_seen = flow.opener_seen || record.opener_seen;
  if (record.state == network::FlowState::refused) flow.refused += seen.connections;
  if (record.state == network::FlowState::unanswered) flow.unanswered += seen.connections;
  if (record.state == network::FlowState::reset) flow.reset += seen.connections;
  flow.bytes_to_server += record.bytes_to_server;
  flow.bytes_to_client += record.bytes_to_client;
  flow.bytes = flow.bytes_to_server + flow.bytes_to_client;
  flow.packets_to_server += record.packets_to_server;
  flow.packets_to_client += record.packets_to_client;
  if (!record.application.empty()) {
    flow.application = record.application;
    flow.application_seen = true;
  }
  const auto keep = [](std::string& into, const std::string& text) {
    if (into.empty()) into = text;
  };
  keep(flow.application_version, record.application_version);
  keep(flow.software, record.software);
  keep(flow.software_version, record.software_version);
  keep(flow.server_name, record.server_name);
  keep(flow.looked_up_as, record.looked_up_as);
  keep(flow.from_process, record.client_owner.process);
  keep(flow.to_process, record.server_owner.process);
}

// The flows that it added; they stay where they are.
std::set<const Flow*> add_watched(FlowTable& table, const AddressBook& book,
                                  const std::vector<probe::SeenFlow>& flows) {
  std::set<const Flow*> added;
  for (const probe::SeenFlow& seen : flows) {
    const network::FlowKey& key = seen.record.key;
    if (seen.client == seen.server) continue;  // within one asset, or of nobody here
    const FlowEnd from = book.end_of(seen.client, network::to_text(key.client.address), 0);
    const FlowEnd to = book.end_of(seen.server, network::to_text(key.server.address), key.server.port);
    Flow* flow = table.find_or_add(from, to, key.transport, true);
    if (flow == nullptr) continue;
    join(*flow, seen);
    added.insert(flow);
  }
  return added;
}

NetworkEvent event_of(const probe::SeenFinding& seen, const AddressBook& book) {
  const network::Finding& finding = seen.finding;
  const auto at = [](network::Time time) { return std::chrono::floor<std::chrono::seconds>(time); };
  NetworkEvent event;
  event.detector = finding.detector;
  event.severity = finding.severity;
  event.technique = finding.technique;
  event.cves = finding.cves;
  event.title = finding.title;
  event.evidence = finding.evidence;
  event.outcome = static_cast<EventOutcome>(finding.outcome);  // the same three, in the same order
  event.source = book.end_of(seen.source, network::to_text(finding.source.address), finding.source.port);
  event.target = book.end_of(seen.target, network::to_text(finding.target.address), finding.target.port);
  event.on_source = finding.on_source;
  event.from_outside_only = finding.from_outside_only;
  event.count = finding.count;
  event.first_seen = at(finding.first_seen);
  event.last_seen = at(finding.last_seen);
  return event;
}

}  // namespace

void add_flows(Report& report, const std::vector<probe::Connection>& connections,
               const std::optional<probe::Observation>& watched, const WanPolicy& wan, Instant now) {
  const AddressBook book(report, wan);
  FlowTable table(now);
  std::set<const Flow*> known;
  if (watched) {
    known = add_watched(table, book, watched->flows);
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(watched->ended - watched->began);
    report.network.observed_ms = static_cast<uint64_t>(std::max<int64_t>(0, time.count()));
    for (const probe::SourceState& source : watched->sources) {
      report.network.sources.push_back({source.name, source.in_use, source.why_not});
    }
    for (const probe::SeenFinding& finding : watched->findings) {
      report.network.events.push_back(event_of(finding, book));
    }
    report.incomplete.insert(report.incomplete.end(), watched->not_assessed.begin(), watched->not_assessed.end());
  }
  add_seen(table, book, connections, known);
  add_shared_networks(table, report);
  add_published(table, report);
  table.write(report);
}

}  // namespace plimsoll::analyzer
