#include "probe/network/watcher.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <thread>

#include "probe/network/cgroup_path.h"
#include "probe/network/finding_book.h"
#include "probe/network/inhabitants.h"
#include "probe/network/live_sources.h"
#include "probe/network/packet_source.h"
#include "probe/network/places.h"
#include "probe/network/summary.h"
#include "system/descriptor.h"

namespace plimsoll::probe {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds at_rest{100}, busy{10}, expiry{1000};
constexpr milliseconds without_programs{4000};  // between looks at the tables, where nothing else tells of UDP

network::Time time_now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

// The host's own: that of the first process, or ours where that may not be looked at.
Result<network::NameSpace> host_namespace() {
  auto first = network::name_space_of(1);
  return first.ok() ? std::move(first) : network::name_space_of(::getpid());
}

uint64_t host_namespace_inode() {
  const auto host = host_namespace();
  return host.ok() ? host->inode : 0;
}

// What packets tell comes up to a second after the kernel told that the connection is over.
FlowTableLimits limits_of(const WatchOptions& options) {
  FlowTableLimits out;
  if (options.sources.packets && options.capture != nullptr) out.linger = milliseconds(3500);
  return out;
}

void tell_loss(IncompleteList& list, uint64_t count, const std::string& what, const std::string& reason) {
  if (count > 0) list.push_back({what + ": " + std::to_string(count), reason, ""});
}

}  // namespace

struct Watcher::State {
  State(const system::Machine& on, const AssetId& host_asset, WatchOptions wanted)
      : machine(on),
        options(std::move(wanted)),
        root(cgroup2_root(machine)),
        cgroups(root),
        owners(host_asset, host_namespace_inode(), [this](uint64_t id) { return cgroups.path(id); }),
        sources(machine, options.sources, root, nat),
        inhabitants(machine, owners,
                    {[this](const network::NameSpace& where) { return comes(where); },
                     [this](uint64_t inode) { goes(inode); }}),
        table(owners, nat, limits_of(options), [this](const SeenFlow& flow) { left(flow); }),
        wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    start_capture();
    if (!sources.owners_are_sure()) options.refresh = std::min(options.refresh, without_programs);
  }

  const system::Machine& machine;
  WatchOptions options;
  std::string root;
  CgroupPaths cgroups;
  NatTable nat;
  Owners owners;
  LiveSources sources;
  Inhabitants inhabitants;
  FlowTable table;
  FlowSummary summary, bucket;
  FindingBook findings;
  std::unique_ptr<PacketSource> packets;
  SourceState packet_state{"packet capture", false, "switched off"};
  system::Descriptor wake;
  std::mutex mutex;  // guards all above
  std::atomic<bool> stopping{false};
  std::thread thread;
  network::Time began{}, bucket_began{};
  Clock::time_point refreshed{}, expired{};
  IncompleteList gaps;

  LiveSources::Sinks sinks() {
    return {[this](const network::Sighting& sighting) { table.see(sighting); },
            [this](const network::ListenerSeen& listener) { table.listens(listener); }};
  }

  void start_capture() {
    if (!options.sources.packets) return;
    packet_state.why_not = "packets are parsed by a worker without rights only, and there is none";
    if (options.capture == nullptr) return;
    network::CaptureOrder order;
    for (const network::DetectorRow* row : options.detectors) order.detectors.emplace_back(row->id);
    order.flows = options.limits.flows;
    order.head_bytes = options.limits.head_bytes;
    order.reassembly_bytes = options.limits.reassembly_bytes;
    order.tcp_idle_seconds = static_cast<uint64_t>(options.limits.tcp_idle.count());
    order.udp_idle_seconds = static_cast<uint64_t>(options.limits.udp_idle.count());
    packets = std::make_unique<PacketSource>(*options.capture, std::move(order));
    packet_state = {"packet capture", true, ""};
  }

  // The amounts of what the filter leaves out are counted by the other programs.
  PacketSource::Listening listening(bool host) {
    PacketSource::Listening out;
    if (sources.programs() != nullptr) out.filter = sources.programs()->head_filter();
    if (!host) return out;
    out.shape.blocks = 10;  // all that many containers have to do with the host
    out.interfaces = principal_interfaces(machine);
    return out;
  }

  Status comes(const network::NameSpace& where) {
    PLIMSOLL_CHECK(sources.add(network::second_hold(where)));
    if (!packets) return Done{};
    return packets->listen(where, listening(where.inode == owners.host_namespace()));
  }

  void goes(uint64_t inode) {
    sources.remove(inode);
    if (packets) packets->remove(inode);
  }

  void take_packets() {
    if (!packets) return;
    PacketSource::News news = packets->take();
    for (const network::Sighting& sighting : news.sightings) table.see(sighting);
    for (network::CapturedFinding& finding : news.findings) findings.add(std::move(finding));
  }

  void left(const SeenFlow& flow) {
    summary.add(flow);
    if (options.on_bucket) bucket.add(flow);
    if (options.on_flow) options.on_flow(flow);
  }

  void refresh(std::optional<uint64_t> only = {}) {
    IncompleteList faults;
    sources.refresh(sinks(), faults, only);
    for (Incomplete& fault : faults) {
      if (gaps.size() < 1000 && std::ranges::find(gaps, fault) == gaps.end()) gaps.push_back(std::move(fault));
    }
    if (!only) refreshed = Clock::now();
  }

  void update(const std::vector<Watched>& containers) {
    owners.set_host_addresses(addresses_of(machine, "self"));
    if (auto host = host_namespace(); packets && host.ok()) (void)packets->listen(*host, listening(true));
    for (const uint64_t inode : inhabitants.update(containers, gaps)) refresh(inode);
  }

  void close_bucket(network::Time now) {
    if (!options.on_bucket) return;
    options.on_bucket({bucket_began, now, bucket.rows()});
    bucket.clear();
    bucket_began = now;
  }

  // All that waits, but for what comes faster than it is taken.
  void take_all() {
    constexpr int most_rounds = 64;
    for (int i = 0; i < most_rounds && sources.take(sinks()); ++i) continue;
    take_packets();
  }

  // True: more waits.
  bool round() {
    const bool more = sources.take(sinks());
    take_packets();
    const auto now = Clock::now();
    if (now - refreshed >= options.refresh) refresh();
    if (now - expired >= expiry) {
      expired = now;
      table.expire(time_now());
      inhabitants.bury(now);
      if (time_now() - bucket_began >= options.bucket) close_bucket(time_now());
    }
    return more;
  }

  void run() {
    bool more = false;
    while (!stopping) {
      std::array<pollfd, 2> files{pollfd{wake.get(), POLLIN, 0}, pollfd{sources.descriptor(), POLLIN, 0}};
      ::poll(files.data(), files.size(), static_cast<int>((more ? busy : at_rest).count()));
      const std::lock_guard lock(mutex);
      more = round();
    }
  }

  void tell_losses(IncompleteList& list) {
    const Losses lost = sources.losses();
    tell_loss(list, lost.records, "changes of TCP connections that were lost",
              "they came faster than they could be read");
    tell_loss(list, lost.conversations, "UDP conversations that were lost", "they came faster than they could be read");
    tell_loss(list, lost.table_overruns, "times that an unknown number of connections was lost",
              "a network namespace told of them faster than they could be read");
    if (packets) {
      tell_loss(list, packets->counts().dropped, "packets that were lost",
                "they came faster than they could be parsed");
      for (Incomplete& loss : packets->losses()) list.push_back(std::move(loss));
      if (const std::string fault = packets->fault(); !fault.empty())
        list.push_back({"what connections carry", "packet capture ended: " + fault, ""});
    }
    tell_loss(list, table.counts().evicted, "connections told before they had ended",
              "more were open than are kept at once");
    tell_loss(list, summary.left_out(), "connections left out of the summary", "more different ones than are kept");
    if (!sources.owners_are_sure() && owners.host_namespace_shared()) {
      list.push_back({"whose short connections in the host's network namespace are",
                      "containers share it, and without eBPF only their longer connections are told apart",
                      "run on a kernel that allows eBPF"});
    }
  }
};

Watcher::Watcher(const system::Machine& machine, const AssetId& host, WatchOptions options)
    : state_(std::make_unique<State>(machine, host, std::move(options))) {}

Watcher::~Watcher() { stop(); }

void Watcher::start(const std::vector<Watched>& containers) {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  state.began = state.bucket_began = time_now();
  auto host = host_namespace();
  const Status added = host.ok() ? state.comes(*host) : Status(std::move(host).error());
  if (!added.ok()) state.gaps.push_back({"connections of the host", added.error().message, added.error().advice});
  state.refresh(state.owners.host_namespace());
  state.update(containers);
  state.refreshed = Clock::now();
  state.thread = std::thread([&state] { state.run(); });
}

void Watcher::update(const std::vector<Watched>& containers) {
  const std::lock_guard lock(state_->mutex);
  state_->update(containers);
}

Observation Watcher::observe(bool fresh) {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  state.take_all();
  if (fresh) state.refresh();
  Observation out;
  out.began = state.began;
  out.ended = time_now();
  out.sources = state.sources.states();
  out.sources.push_back(state.packet_state);
  FlowSummary all = state.summary;
  for (const SeenFlow& flow : state.table.flows()) all.add(flow);
  out.flows = all.rows();
  out.findings = state.findings.all(state.owners);
  out.not_assessed = state.gaps;
  state.tell_losses(out.not_assessed);
  return out;
}

void Watcher::stop() {
  State& state = *state_;
  if (state.stopping.exchange(true) || !state.thread.joinable()) return;
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(state.wake.get(), &one, sizeof one);
  state.thread.join();
  if (state.packets) state.packets->stop();
  const std::lock_guard lock(state.mutex);
  state.take_all();
  state.table.flush();
  state.close_bucket(time_now());
}

}  // namespace plimsoll::probe
