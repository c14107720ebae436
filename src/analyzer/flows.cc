#include "analyzer/flows.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "analyzer/address.h"
#include "system/proc_net.h"

namespace plimsoll::analyzer {
namespace {

constexpr size_t max_flows = 50'000;

struct UsualPort {
  uint16_t port;
  std::string_view application;
};

// IANA service names, and the ports images use most.
constexpr std::array<UsualPort, 24> usual_ports{{
    {22, "SSH"},          {25, "SMTP"},
    {53, "DNS"},          {80, "HTTP"},
    {389, "LDAP"},        {443, "TLS"},
    {1433, "MS-SQL"},     {1521, "Oracle TNS"},
    {2181, "ZooKeeper"},  {2379, "etcd"},
    {3000, "HTTP"},       {3306, "MySQL"},
    {4222, "NATS"},       {5432, "PostgreSQL"},
    {5672, "AMQP"},       {6379, "Redis"},
    {8000, "HTTP"},       {8080, "HTTP"},
    {8443, "TLS"},        {9042, "Cassandra"},
    {9092, "Kafka"},      {9200, "Elasticsearch"},
    {11211, "Memcached"}, {27017, "MongoDB"},
}};

using FlowKey = std::tuple<AssetId, std::string, bool, AssetId, std::string, uint16_t, Transport>;

class FlowTable {
 public:
  explicit FlowTable(Instant now) : now_(now) {}

  Flow* find_or_add(FlowEnd from, FlowEnd to, Transport transport, bool seen) {
    // The client's port is not part of a flow; an asset's own address is not either, so that several are one arrow.
    from.port = 0;
    const FlowKey key{from.asset, from.asset.empty() ? from.address : "", from.wan,
                      to.asset,   to.asset.empty() ? to.address : "",     to.port,
                      transport};
    const auto found = flows_.find(key);
    if (found != flows_.end()) return &found->second;
    if (flows_.size() >= max_flows) {
      ++dropped_;
      return nullptr;
    }
    Flow flow;
    flow.application = usual_application(transport, to.port);
    flow.from = std::move(from);
    flow.to = std::move(to);
    flow.transport = transport;
    flow.seen = seen;
    flow.first_seen = flow.last_seen = now_;
    return &flows_.emplace(key, std::move(flow)).first->second;
  }

  void write(Report& report) {
    for (auto& [key, flow] : flows_) report.flows.push_back(std::move(flow));
    if (dropped_ > 0) {
      report.incomplete.push_back(
          {"network flows",
           std::to_string(dropped_) + " flows beyond the bound of " + std::to_string(max_flows) + " were left out",
           {}});
    }
  }

  // A seen flow between the same ends and port already stands.
  bool has_seen(const AssetId& from, const AssetId& to, uint16_t port, Transport transport) const {
    for (const bool wan : {false, true}) {
      const auto found = flows_.find(FlowKey{from, "", wan, to, "", port, transport});
      if (found != flows_.end() && found->second.seen) return true;
    }
    return false;
  }

 private:
  Instant now_;
  std::map<FlowKey, Flow> flows_;
  size_t dropped_ = 0;
};

// Which asset an address belongs to. Containers first: a host listing its bridges' addresses never hides them.
class AddressBook {
 public:
  explicit AddressBook(const Report& report) {
    for (const AssetReport& asset : report.assets) {
      if (!asset.container || !asset.container->networks.known()) continue;
      for (const NetworkAttachment& network : *asset.container->networks.value) {
        for (const std::string& address : {network.address4, network.address6}) {
          if (!address.empty()) owners_.emplace(address, asset.asset.id);
        }
      }
    }
    for (const AssetReport& asset : report.assets) {
      if (!asset.host) continue;
      for (const std::string& address : asset.host->addresses) owners_.emplace(plain_address(address), asset.asset.id);
    }
  }

  FlowEnd end(const std::string& raw_address, uint16_t port) const {
    const std::string address = plain_address(raw_address);
    const auto owner = owners_.find(address);
    return {owner == owners_.end() ? AssetId{} : owner->second, address, port, is_wan_address(address)};
  }

 private:
  std::map<std::string, AssetId> owners_;
};

void add_seen(FlowTable& table, const AddressBook& book, const std::vector<probe::Connection>& connections) {
  // Both ends of one connection may be reported: it counts once.
  std::set<std::tuple<std::string, uint16_t, std::string, uint16_t>> counted;
  for (const probe::Connection& c : connections) {
    const std::string local = plain_address(c.local_address);
    const std::string remote = plain_address(c.remote_address);
    if (system::is_loopback(local) || system::is_loopback(remote)) continue;
    FlowEnd here{c.owner, local, c.local_port, false};
    FlowEnd there = book.end(remote, c.remote_port);
    if (there.asset == c.owner) continue;
    const bool incoming = c.local_listens;
    Flow* flow = incoming ? table.find_or_add(there, here, c.transport, true)
                          : table.find_or_add(here, there, c.transport, true);
    if (flow == nullptr) continue;
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

}  // namespace

std::string usual_application(Transport transport, uint16_t port) {
  const auto row =
      std::find_if(usual_ports.begin(), usual_ports.end(), [&](const UsualPort& p) { return p.port == port; });
  if (row == usual_ports.end() || (transport == Transport::udp && port != 53)) return {};
  return std::string(row->application);
}

void add_flows(Report& report, const std::vector<probe::Connection>& connections, Instant now) {
  const AddressBook book(report);
  FlowTable table(now);
  add_seen(table, book, connections);
  add_shared_networks(table, report);
  add_published(table, report);
  table.write(report);
}

}  // namespace plimsoll::analyzer
