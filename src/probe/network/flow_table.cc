#include "probe/network/flow_table.h"

#include <algorithm>
#include <utility>

#include "probe/network/places.h"

namespace plimsoll::probe {
namespace {

using network::FlowKey;
using network::FlowRecord;
using network::FlowState;
using network::Side;
using network::Sighting;

constexpr size_t most_listeners = 65'536;

FlowKey reversed(const FlowKey& key) { return {key.transport, key.server, key.client}; }

uint64_t listener_key(uint64_t name_space, Transport transport, uint16_t port) {
  return name_space << 20 ^ uint64_t { transport == Transport::tcp } << 16 ^ port;
}

// How much a state tells: a later or surer one stands.
int rank(FlowState state) {
  switch (state) {
    case FlowState::opening:
      return 0;
    case FlowState::unanswered:
      return 1;
    case FlowState::refused:
      return 2;
    case FlowState::established:
      return 3;
    case FlowState::closed:
      return 4;
    case FlowState::reset:
      return 5;
  }
  return 0;
}

bool ended(FlowState state) { return state != FlowState::opening && state != FlowState::established; }

void fill(std::string& to, const std::string& from) {
  if (to.empty()) to = from;
}

void take_names(FlowRecord& to, const FlowRecord& from) {
  fill(to.application, from.application);
  fill(to.application_version, from.application_version);
  fill(to.server_name, from.server_name);
  fill(to.looked_up_as, from.looked_up_as);
  fill(to.software, from.software);
  fill(to.software_version, from.software_version);
}

FlowRecord turned_round(FlowRecord flow) {
  std::swap(flow.key.client, flow.key.server);
  std::swap(flow.client_owner, flow.server_owner);
  std::swap(flow.bytes_to_client, flow.bytes_to_server);
  std::swap(flow.packets_to_client, flow.packets_to_server);
  return flow;
}

void fill_owner(network::Owner& to, const network::Owner& from) {
  if (to.network_namespace == 0) to.network_namespace = from.network_namespace;
  if (to.cgroup == 0) to.cgroup = from.cgroup;
  if (to.pid == 0) to.pid = from.pid;
  fill(to.process, from.process);
}

}  // namespace

FlowTable::FlowTable(const Owners& owners, const NatTable& nat, FlowTableLimits limits, Leaves leaves)
    : owners_(owners), nat_(nat), relays_(owners), limits_(limits), leaves_(std::move(leaves)) {}

FlowTable::Key FlowTable::key_of(const Sighting& sighting, const FlowKey& flow) const {
  if (!is_loopback(flow.client.address) && !is_loopback(flow.server.address)) return {flow, 0};
  if (sighting.name_space != 0) return {flow, sighting.name_space};
  const network::Owner& owner = sighting.side == Side::server ? sighting.flow.server_owner : sighting.flow.client_owner;
  return {flow, owners_.namespace_of(owners_.asset_of(owner, 0))};
}

// The entry of a flow, a fresh one where the two addresses now mean another. `turned`: it stands the other way round.
FlowTable::Order::iterator FlowTable::place(const Sighting& sighting, bool& turned) {
  const FlowKey truth = nat_.true_ends(sighting.flow.key).value_or(sighting.flow.key);
  Key key = key_of(sighting, truth);
  auto found = entries_.find(key);
  turned = false;
  if (found == entries_.end()) {
    FlowKey back = reversed(sighting.flow.key);
    back = nat_.true_ends(back).value_or(back);
    found = entries_.find(key_of(sighting, back));
    turned = found != entries_.end();
  }
  if (found != entries_.end()) {
    const Side side = sighting.side == Side::way                  ? Side::way
                      : turned == (sighting.side == Side::client) ? Side::server
                                                                  : Side::client;
    const Seen& before = found->second->sides[static_cast<size_t>(side)];
    const bool other_socket =
        before.there && before.socket != 0 && sighting.socket != 0 && before.socket != sighting.socket;
    const bool anew = side != Side::way && before.ended && !ended(sighting.flow.state) &&
                      sighting.flow.first_seen > found->second->flow.record.last_seen;
    if (!other_socket && !anew) {
      order_.splice(order_.end(), order_, found->second);
      return found->second;
    }
    leave(found->second);
    turned = false;
  }
  if (entries_.size() >= limits_.flows) {
    ++counts_.evicted;
    leave(order_.begin());
  }
  ++counts_.opened;
  order_.emplace_back();
  Entry& entry = order_.back();
  entry.key = key;
  entry.flow.record.key = truth;
  entry.flow.record.first_seen = sighting.flow.first_seen;
  entry.flow.record.last_seen = sighting.flow.last_seen;
  const auto at = std::prev(order_.end());
  entries_[key] = at;
  return at;
}

void FlowTable::take_owner(Entry& entry, const Sighting& sighting, Side side) {
  FlowRecord& record = entry.flow.record;
  const network::Owner& told = sighting.side == Side::server ? sighting.flow.server_owner : sighting.flow.client_owner;
  AssetId& asset = side == Side::client ? entry.flow.client : entry.flow.server;
  network::Owner& owner = side == Side::client ? record.client_owner : record.server_owner;
  fill_owner(owner, told);
  if (owner.network_namespace == 0) owner.network_namespace = sighting.name_space;
  if (side == Side::server) {
    const auto listener =
        listeners_.find(listener_key(owner.network_namespace, record.key.transport, sighting.flow.key.server.port));
    if (listener != listeners_.end()) fill_owner(owner, listener->second);
  }
  asset = owners_.asset_of(owner, sighting.name_space);
  if (relays_.is_second_leg(entry.flow)) relays_.learn(entry.flow);
}

void FlowTable::join(Entry& entry, const Sighting& given, bool turned) {
  Sighting sighting = given;
  if (turned) {
    sighting.flow = turned_round(std::move(sighting.flow));
    if (sighting.side != Side::way) sighting.side = sighting.side == Side::client ? Side::server : Side::client;
  }
  FlowRecord& record = entry.flow.record;
  const FlowRecord& told = sighting.flow;
  Seen& seen = entry.sides[static_cast<size_t>(sighting.side)];
  Amounts& amounts = seen.amounts;
  if (!sighting.amounts_are_new) amounts = {};
  amounts.bytes_to_server += told.bytes_to_server;
  amounts.bytes_to_client += told.bytes_to_client;
  amounts.packets_to_server += told.packets_to_server;
  amounts.packets_to_client += told.packets_to_client;
  seen.there = true;
  if (sighting.socket != 0) seen.socket = sighting.socket;
  seen.ended = seen.ended || ended(told.state);
  record.opener_seen = record.opener_seen || (told.opener_seen && !turned);
  record.first_seen = std::min(record.first_seen, told.first_seen);
  record.last_seen = std::max(record.last_seen, told.last_seen);
  if (rank(told.state) > rank(record.state)) record.state = told.state;
  take_names(record, told);
  if (sighting.side != Side::way) take_owner(entry, sighting, sighting.side);
}

// That the tracking of a connection ends, or that its packets stay away, is told long after the connection did.
bool FlowTable::is_old_news(const Sighting& sighting) const {
  const bool tracking = sighting.source == network::SourceKind::connection_tracking && ended(sighting.flow.state);
  const bool packets =
      sighting.source == network::SourceKind::packets && sighting.flow.last_seen + limits_.linger < now_;
  if (!tracking && !packets) return false;
  const FlowKey truth = nat_.true_ends(sighting.flow.key).value_or(sighting.flow.key);
  return !entries_.contains(key_of(sighting, truth)) && !entries_.contains(key_of(sighting, reversed(truth)));
}

void FlowTable::see(const Sighting& sighting) {
  if (is_old_news(sighting)) return;
  bool turned = false;
  const auto at = place(sighting, turned);
  Entry& entry = *at;
  const bool surer = turned && sighting.side_known && sighting.flow.opener_seen && !entry.flow.record.opener_seen;
  join(entry, sighting, turned);
  if (!entry.first_leg_counted && sighting.source == network::SourceKind::socket_tables) {
    entry.first_leg_counted = true;
    relays_.count_first_leg(entry.flow);
  }
  if (!surer) return;
  // The entry was a guess, and it was the wrong way round.
  entries_.erase(entry.key);
  entry.flow.record = turned_round(std::move(entry.flow.record));
  entry.flow.record.opener_seen = true;
  std::swap(entry.flow.client, entry.flow.server);
  std::swap(entry.sides[0], entry.sides[1]);
  for (Seen& side : entry.sides) {
    std::swap(side.amounts.bytes_to_client, side.amounts.bytes_to_server);
    std::swap(side.amounts.packets_to_client, side.amounts.packets_to_server);
  }
  entry.key.flow = reversed(entry.key.flow);
  if (const auto other = entries_.find(entry.key); other != entries_.end()) leave(other->second);
  entries_[entry.key] = at;
}

void FlowTable::listens(const network::ListenerSeen& listener) {
  if (listeners_.size() >= most_listeners) listeners_.clear();
  network::Owner& known = listeners_[listener_key(listener.name_space, listener.transport, listener.local.port)];
  const network::Owner before = std::exchange(known, listener.owner);
  // The same socket, seen by a source that does not tell its process.
  if (known.process.empty() && (known.cgroup == before.cgroup || known.cgroup == 0)) known = before;
}

// Ends whose socket nobody saw: by the namespace, and by who listens there.
void FlowTable::name_unseen_ends(SeenFlow& flow, uint64_t scope) const {
  const auto namespace_at = [&](const network::Endpoint& end) {
    return scope != 0 ? scope : owners_.namespace_with(end.address);
  };
  FlowRecord& record = flow.record;
  if (const uint64_t where = namespace_at(record.key.client); flow.client.empty() && where != 0)
    flow.client = owners_.asset_of({}, where);
  const uint64_t where = namespace_at(record.key.server);
  if (!flow.server.empty() || where == 0) return;
  const auto listener = listeners_.find(listener_key(where, record.key.transport, record.key.server.port));
  if (listener != listeners_.end()) fill_owner(record.server_owner, listener->second);
  flow.server = owners_.asset_of(record.server_owner, where);
}

SeenFlow FlowTable::finished(const Entry& entry) const {
  SeenFlow out = entry.flow;
  FlowRecord& record = out.record;
  for (const Seen& side : entry.sides) {
    record.bytes_to_server = std::max(record.bytes_to_server, side.amounts.bytes_to_server);
    record.bytes_to_client = std::max(record.bytes_to_client, side.amounts.bytes_to_client);
    record.packets_to_server = std::max(record.packets_to_server, side.amounts.packets_to_server);
    record.packets_to_client = std::max(record.packets_to_client, side.amounts.packets_to_client);
  }
  if (record.state == FlowState::opening && record.packets_to_client > 0 && record.packets_to_server > 0)
    record.state = FlowState::established;
  name_unseen_ends(out, entry.key.scope);
  if (const AssetId behind = relays_.behind(out); !behind.empty()) out.server = behind;
  return out;
}

void FlowTable::leave(Order::iterator entry) {
  if (!relays_.is_second_leg(entry->flow) && !relays_.takes_for_second_leg(entry->flow)) leaves_(finished(*entry));
  entries_.erase(entry->key);
  order_.erase(entry);
}

void FlowTable::expire(network::Time now) {
  now_ = now;
  for (auto at = order_.begin(); at != order_.end();) {
    const auto next = std::next(at);
    const FlowRecord& record = at->flow.record;
    const auto idle = now - record.last_seen;
    const bool over = ended(record.state) && idle > limits_.linger;
    const bool old = idle > (record.key.transport == Transport::tcp ? limits_.tcp_idle : limits_.udp_idle);
    if (over || old) leave(at);
    at = next;
  }
}

void FlowTable::flush() {
  while (!order_.empty()) leave(order_.begin());
}

std::vector<SeenFlow> FlowTable::flows() const {
  std::vector<SeenFlow> out;
  out.reserve(order_.size());
  for (const Entry& entry : order_) {
    if (!relays_.is_second_leg(entry.flow)) out.push_back(finished(entry));
  }
  return out;
}

}  // namespace plimsoll::probe
