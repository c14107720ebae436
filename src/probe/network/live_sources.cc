#include "probe/network/live_sources.h"

#include <poll.h>

#include <algorithm>

#include "base/text.h"
#include "system/connections.h"

namespace plimsoll::probe {
namespace {

using network::Side;
using network::Sighting;

constexpr size_t most_records = 8192;  // taken from the ring at once
constexpr size_t most_places = 131'072;
constexpr const char* relay_process = "docker-proxy";

network::TapChoice tap_choice(bool tcp_by_programs) {
  // Where programs see the sockets, connection tracking is needed for translated addresses alone.
  if (tcp_by_programs) return {false, network::conntrack_new};
  return {true, network::conntrack_new | network::conntrack_update | network::conntrack_ended};
}

bool in_use(const network::bpf::Programs& programs, size_t index) { return programs.states()[index].in_use; }

std::string reasons(const network::bpf::Programs& programs) {
  std::string out;
  for (const auto& state : programs.states()) {
    if (!state.in_use) out += (out.empty() ? "" : "; ") + state.name + ": " + state.why_not;
  }
  return out;
}

network::Owner& owner_of(Sighting& sighting) {
  return sighting.side == Side::server ? sighting.flow.server_owner : sighting.flow.client_owner;
}

network::Time now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

}  // namespace

LiveSources::LiveSources(const system::Machine& machine, const SourceChoice& choice, const std::string& cgroup2_root,
                         NatTable& nat)
    : machine_(machine), choice_(choice), nat_(nat) {
  SourceState programs{"eBPF", false, "switched off"};
  if (choice.kernel_programs) {
    auto loaded = network::bpf::Programs::load(cgroup2_root);
    if (loaded.ok()) {
      programs_ = std::move(*loaded);
      tcp_by_programs_ = in_use(*programs_, 0);
      udp_by_programs_ = in_use(*programs_, 1) && in_use(*programs_, 2);
      programs = {"eBPF", true, reasons(*programs_)};
    } else {
      programs.why_not = loaded.error().message;
    }
  }
  states_ = {
      std::move(programs),
      {"socket tables and connection tracking", choice.socket_tables, choice.socket_tables ? "" : "switched off"}};
}

Status LiveSources::add(network::NameSpace where) {
  const uint64_t inode = where.inode, cookie = where.cookie;
  if (taps_.contains(inode)) return Done{};
  if (cookie != 0) namespace_of_cookie_[cookie] = inode;
  if (!choice_.socket_tables) return Done{};
  PLIMSOLL_TRY(tap, network::Tap::open(std::move(where), tap_choice(tcp_by_programs_)));
  taps_.emplace(inode, std::move(tap));
  return Done{};
}

void LiveSources::remove(uint64_t name_space) {
  taps_.erase(name_space);
  std::erase_if(namespace_of_cookie_, [&](const auto& row) { return row.second == name_space; });
}

// The sockets of the engine's relays, which stand between a published port and its container.
void LiveSources::find_relays() {
  relay_sockets_.clear();
  const auto names = machine_.list_directory("/proc");
  if (!names.ok()) return;
  for (const std::string& name : *names) {
    const auto pid = parse_uint(name);
    if (!pid || *pid > 0x7fffffff) continue;
    const auto comm = machine_.read_file("/proc/" + name + "/comm", 64);
    if (!comm.ok() || trim(*comm) != relay_process) continue;
    system::SocketOwners sockets;
    (void)system::add_socket_owners(machine_, static_cast<int>(*pid), sockets);
    relay_sockets_.insert(sockets.begin(), sockets.end());
  }
}

void LiveSources::remember(const network::SocketSeen& socket, uint64_t name_space, const Sinks& sinks) {
  if (socket.cookie == 0) return;
  if (places_.size() >= most_places) places_.clear();
  Place& place = places_[socket.cookie];
  place.name_space = name_space;
  place.owner.network_namespace = name_space;
  if (socket.cgroup != 0) place.owner.cgroup = socket.cgroup;
  if (const auto relay = relay_sockets_.find(socket.inode); relay != relay_sockets_.end()) {
    place.owner.pid = relay->second;
    place.owner.process = relay_process;
  }
  if (socket.listens()) sinks.listens({socket.transport, socket.local, name_space, place.owner});
}

// Adds what is known of the socket from elsewhere.
void LiveSources::complete(Sighting& sighting) const {
  if (sighting.name_space == 0 && sighting.namespace_cookie != 0) {
    const auto found = namespace_of_cookie_.find(sighting.namespace_cookie);
    if (found != namespace_of_cookie_.end()) sighting.name_space = found->second;
  }
  if (sighting.side == Side::way) return;
  network::Owner& owner = owner_of(sighting);
  if (const auto place = places_.find(sighting.socket); sighting.socket != 0 && place != places_.end()) {
    if (sighting.name_space == 0) sighting.name_space = place->second.name_space;
    if (owner.cgroup == 0) owner.cgroup = place->second.owner.cgroup;
    if (owner.process.empty()) {
      owner.pid = place->second.owner.pid;
      owner.process = place->second.owner.process;
    }
  }
  if (owner.network_namespace == 0) owner.network_namespace = sighting.name_space;
}

void LiveSources::refresh(const Sinks& sinks, IncompleteList& gaps, std::optional<uint64_t> only) {
  if (!taps_.empty()) find_relays();
  for (auto& [inode, tap] : taps_) {
    if (only && *only != inode) continue;
    // Once for each: the kernel walks the connections of all namespaces for every question; later ones are told anyway.
    if (only) (void)tap.dump_tracked([&](const network::Tracked& entry) { nat_.add(entry); });
    const auto raw = [&, where = inode](const network::SocketSeen& socket) { remember(socket, where, sinks); };
    const auto seen = [&](const Sighting& sighting) {
      Sighting whole = sighting;
      // Conversations are counted datagram by datagram where programs do it.
      if (udp_by_programs_ && whole.flow.key.transport == Transport::udp) return;
      complete(whole);
      sinks.seen(whole);
    };
    if (const Status read = tap.dump(raw, seen); !read.ok())
      gaps.push_back(
          {"sockets of network namespace " + std::to_string(inode), read.error().message, read.error().advice});
  }
}

bool LiveSources::has_news(const network::Tap& tap) const {
  std::vector<pollfd> files;
  for (const int file : tap.descriptors()) files.push_back({file, POLLIN, 0});
  return !files.empty() && ::poll(files.data(), files.size(), 0) > 0;
}

void LiveSources::take_tracked(std::vector<Sighting>& waiting) {
  for (auto& [inode, tap] : taps_) {
    if (!has_news(tap)) continue;
    if (tap.take_ended([&](const Sighting& sighting) { waiting.push_back(sighting); })) ++table_overruns_;
    const bool lost = tap.take_tracked([&, where = inode](const network::Tracked& entry) {
      nat_.add(entry);
      if (!tcp_by_programs_) waiting.push_back(network::sighting_of_tracked(entry, where, now()));
    });
    // Where only translations are wanted, some that are missed are no connections missed.
    if (lost && !tcp_by_programs_) ++table_overruns_;
  }
}

bool LiveSources::take(const Sinks& sinks) {
  std::vector<Sighting> waiting;
  std::vector<network::ListenerSeen> listeners;
  const auto keep = [&](const Sighting& sighting) { waiting.push_back(sighting); };
  bool more = false;
  if (programs_) {
    more = programs_->take_tcp(most_records, keep, [&](const auto& listener) { listeners.push_back(listener); });
    const uint64_t opened = programs_->counts().conversations_opened;
    if (opened != conversations_opened_) programs_->take_udp(keep);
    conversations_opened_ = opened;
  }
  // After the records of the kernel: a connection is in the tracking table before either end hears of it.
  take_tracked(waiting);
  for (const auto& listener : listeners) sinks.listens(listener);
  for (Sighting& sighting : waiting) {
    complete(sighting);
    sinks.seen(sighting);
  }
  return more;
}

Losses LiveSources::losses() const {
  const network::bpf::KernelCounts counts = programs_ ? programs_->counts() : network::bpf::KernelCounts{};
  return {counts.records_lost, counts.conversations_lost, table_overruns_};
}

}  // namespace plimsoll::probe
