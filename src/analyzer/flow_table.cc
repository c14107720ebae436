#include "analyzer/flow_table.h"

#include <algorithm>
#include <array>

#include "analyzer/address.h"

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

}  // namespace

Flow* FlowTable::find_or_add(FlowEnd from, FlowEnd to, Transport transport, bool seen) {
  from.port = 0;
  const Key key{from.asset,
                from.asset.empty() ? from.address : "",
                from.wan,
                to.asset,
                to.asset.empty() ? to.address : "",
                to.wan,
                to.port,
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

bool FlowTable::has_seen(const AssetId& from, const AssetId& to, uint16_t port, Transport transport) const {
  for (const bool from_wan : {false, true}) {
    for (const bool to_wan : {false, true}) {
      const auto found = flows_.find(Key{from, "", from_wan, to, "", to_wan, port, transport});
      if (found != flows_.end() && found->second.seen) return true;
    }
  }
  return false;
}

void FlowTable::write(Report& report) {
  for (auto& [key, flow] : flows_) report.flows.push_back(std::move(flow));
  if (dropped_ > 0) {
    report.incomplete.push_back(
        {"network flows",
         std::to_string(dropped_) + " flows beyond the bound of " + std::to_string(max_flows) + " were left out",
         {}});
  }
}

AddressBook::AddressBook(const Report& report, const WanPolicy& wan) : wan_(&wan) {
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

FlowEnd AddressBook::end(const std::string& raw_address, uint16_t port) const {
  const auto owner = owners_.find(plain_address(raw_address));
  return end_of(owner == owners_.end() ? AssetId{} : owner->second, raw_address, port);
}

FlowEnd AddressBook::end_of(const AssetId& asset, const std::string& raw_address, uint16_t port) const {
  const std::string address = plain_address(raw_address);
  return {asset, address, port, wan_->is_outside(address)};
}

std::string usual_application(Transport transport, uint16_t port) {
  const auto row =
      std::find_if(usual_ports.begin(), usual_ports.end(), [&](const UsualPort& p) { return p.port == port; });
  if (row == usual_ports.end() || (transport == Transport::udp && port != 53)) return {};
  return std::string(row->application);
}

}  // namespace plimsoll::analyzer
