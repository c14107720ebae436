#include "probe/network/packet_source.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "system/errno_error.h"
#include "system/sandbox/broker.h"
#include "wire/packed.h"

namespace plimsoll::probe {
namespace {

constexpr size_t most_waiting = 100'000;

system::sandbox::Limits lasting() {
  system::sandbox::Limits limits;
  limits.memory_bytes = uint64_t{1} << 30;
  limits.processor_seconds = limits.whole_seconds = std::numeric_limits<uint32_t>::max() / 2;
  limits.stall_seconds = 60;  // it tells something every second
  limits.descriptors = 4096;
  return limits;
}

// In the namespace that the thread stands in.
Result<system::Descriptor> ring_here(const PacketSource::Listening& how, uint32_t interface) {
  PLIMSOLL_TRY(ring, network::open_ring(how.shape));
  // Without the filter more is copied than is needed, no less seen.
  if (how.filter >= 0) ::setsockopt(ring.get(), SOL_SOCKET, SO_ATTACH_BPF, &how.filter, sizeof how.filter);
  PLIMSOLL_CHECK(network::bind_ring(ring.get(), interface));
  return ring;
}

network::Sighting sighting_of(network::CapturedFlow captured) {
  network::Sighting out;
  out.source = network::SourceKind::packets;
  out.side = network::Side::way;
  out.side_known = captured.flow.opener_seen;
  out.name_space = captured.name_space;
  out.flow = std::move(captured.flow);
  out.flow.client_owner = out.flow.server_owner = {};  // packets tell no owner
  return out;
}

}  // namespace

PacketSource::PacketSource(system::sandbox::Sandbox& sandbox, network::CaptureOrder order) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    fault_ = system::errno_error(errno, "make a socket pair", "").message;
    return;
  }
  control_ = system::Descriptor(ends[0]);
  worker_end_ = system::Descriptor(ends[1]);
  system::sandbox::Job job;
  job.body = network::capture_packets;
  job.request = wire::pack(order);
  job.descriptors = {worker_end_.get()};
  job.limits = lasting();
  job.told = [this](std::string_view piece) { told(piece); };
  thread_ = std::thread([this, &sandbox, job = std::move(job)] {
    const system::sandbox::Outcome outcome = sandbox.run(job);
    const std::lock_guard lock(mutex_);
    fault_ = outcome.answer.ok() ? "it was stopped" : outcome.answer.error().message;
  });
}

PacketSource::~PacketSource() { stop(); }

void PacketSource::stop() {
  if (!thread_.joinable()) return;
  send({network::CaptureControl::Kind::stop, {}, 0, 0}, -1);
  thread_.join();
}

void PacketSource::send(const network::CaptureControl& control, int file) {
  system::sandbox::send_message(control_.get(), &control, sizeof control, &file, file >= 0 ? 1 : 0);
}

Status PacketSource::listen(const network::NameSpace& where, const Listening& how) {
  const std::vector<uint32_t> wanted = how.interfaces.empty() ? std::vector<uint32_t>{0} : how.interfaces;
  for (auto at = rings_.lower_bound({where.inode, 0}); at != rings_.end() && at->first.first == where.inode;) {
    const uint32_t interface = at->first.second;
    if (std::ranges::find(wanted, interface) != wanted.end()) {
      ++at;
      continue;
    }
    at = rings_.erase(at);
    send({network::CaptureControl::Kind::remove, {}, where.inode, interface}, -1);
  }
  for (const uint32_t interface : wanted) {
    if (rings_.contains({where.inode, interface})) continue;
    std::optional<Result<system::Descriptor>> ring;
    PLIMSOLL_CHECK(network::inside(where, [&]() -> Status {
      ring = ring_here(how, interface);
      return Done{};
    }));
    if (!ring->ok()) return ring->error();
    send({network::CaptureControl::Kind::add, how.shape, where.inode, interface}, ring->value().get());
    rings_.emplace(std::pair(where.inode, interface), std::move(*ring).value());
  }
  return Done{};
}

void PacketSource::remove(uint64_t name_space) {
  const auto erased = std::erase_if(rings_, [&](const auto& ring) { return ring.first.first == name_space; });
  if (erased > 0) send({network::CaptureControl::Kind::remove, {}, name_space, 0}, -1);
}

void PacketSource::told(std::string_view piece) {
  Result<network::CaptureNews> news = wire::unpack<network::CaptureNews>(piece);
  const std::lock_guard lock(mutex_);
  if (!news.ok()) {
    fault_ = news.error().message;
    return;
  }
  losses_ = std::move(news->losses);
  for (network::CapturedFlow& flow : news->flows) {
    if (waiting_.sightings.size() < most_waiting)
      waiting_.sightings.push_back(sighting_of(std::move(flow)));
    else
      ++overflow_;
  }
  for (network::CapturedFinding& finding : news->findings) {
    if (waiting_.findings.size() < most_waiting) waiting_.findings.push_back(std::move(finding));
  }
}

PacketSource::News PacketSource::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

std::string PacketSource::fault() const {
  const std::lock_guard lock(mutex_);
  return fault_;
}

network::RingCounts PacketSource::counts() {
  for (const auto& [place, ring] : rings_) {
    const network::RingCounts fresh = network::take_ring_counts(ring.get());
    counts_.seen += fresh.seen;
    counts_.dropped += fresh.dropped;
  }
  return counts_;
}

IncompleteList PacketSource::losses() const {
  const std::lock_guard lock(mutex_);
  IncompleteList out = losses_;
  if (overflow_ > 0)
    out.push_back({"flows seen by packets", std::to_string(overflow_) + " came faster than they were taken", ""});
  return out;
}

}  // namespace plimsoll::probe
