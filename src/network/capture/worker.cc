#include "network/capture/worker.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <optional>

#include "network/protocol/ndpi.h"
#include "wire/packed.h"

namespace plimsoll::network {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds telling{1000};
constexpr int longest_wait = 250;         // milliseconds
constexpr size_t most_in_a_piece = 256;   // flows or findings: a piece has at most 1 MiB, a flow some hundred bytes
constexpr size_t blocks_at_a_time = 2;    // of one namespace, before the next has its turn
constexpr size_t most_waiting = 100'000;  // flows that left and are not told yet

struct Ring {
  RingReader reader;
  bool ailing = false;  // its interface is down or gone: poll(2) would return at once, again and again
};

struct Place {
  std::map<uint32_t, Ring> rings;  // by interface; none any more: the namespace was taken away
  std::unique_ptr<Sensor> sensor;
  bool changed = false;
  Time newest{}, told{};  // of its packets: the last one, and the last one when it was told
};

void add(SensorCounts& to, const SensorCounts& more) {
  to.packets += more.packets;
  to.bytes += more.bytes;
  to.not_ip += more.not_ip;
  to.malformed += more.malformed;
  to.cut += more.cut;
  to.flows_opened += more.flows_opened;
  to.flows_evicted += more.flows_evicted;
  to.reassembly_lost += more.reassembly_lost;
  to.doubled += more.doubled;
}

class CaptureWorker {
 public:
  CaptureWorker(system::sandbox::WorkerSide& side, const CaptureOrder& order) : side_(side), order_(order) {
    for (const DetectorRow& row : detector_table()) {
      if (std::ranges::find(order.detectors, row.id) != order.detectors.end()) rows_.push_back(&row);
    }
  }

  Result<std::string> run() {
    bool fine = true;
    while (fine && !stopped_) {
      wait();
      take_control();
      take_packets();
      if (Clock::now() - told_ >= telling) fine = tell();
    }
    for (auto& [name_space, place] : places_) place.sensor->flush();
    tell();
    return std::string();
  }

 private:
  void wait() {
    std::vector<pollfd> files{{side_.descriptor(0), POLLIN, 0}};
    std::vector<Ring*> asked;
    for (auto& [name_space, place] : places_) {
      for (auto& [interface, ring] : place.rings) {
        if (ring.ailing) continue;
        files.push_back({ring.reader.descriptor(), POLLIN, 0});
        asked.push_back(&ring);
      }
    }
    if (::poll(files.data(), files.size(), longest_wait) <= 0) return;
    for (size_t i = 0; i < asked.size(); ++i) asked[i]->ailing = (files[i + 1].revents & (POLLERR | POLLNVAL)) != 0;
  }

  void take_control() {
    CaptureControl control;
    std::array<char, CMSG_SPACE(sizeof(int))> room{};
    iovec piece{&control, sizeof control};
    for (;;) {
      msghdr message{};
      message.msg_iov = &piece;
      message.msg_iovlen = 1;
      message.msg_control = room.data();
      message.msg_controllen = room.size();
      const ssize_t got = ::recvmsg(side_.descriptor(0), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
      if (got == 0) stopped_ = true;  // the program is gone
      if (got != static_cast<ssize_t>(sizeof control)) return;
      system::Descriptor ring;
      if (const cmsghdr* with = CMSG_FIRSTHDR(&message); with != nullptr && with->cmsg_type == SCM_RIGHTS) {
        int file = -1;
        std::memcpy(&file, CMSG_DATA(with), sizeof file);
        ring = system::Descriptor(file);
      }
      obey(control, std::move(ring));
    }
  }

  void obey(const CaptureControl& control, system::Descriptor ring) {
    if (control.kind == CaptureControl::Kind::stop) stopped_ = true;
    if (control.kind == CaptureControl::Kind::remove) {
      const auto found = places_.find(control.name_space);
      if (found == places_.end()) return;
      if (control.interface != 0) {
        found->second.rings.erase(control.interface);
        return;
      }
      found->second.sensor->flush();
      told_ = {};
      found->second.rings.clear();
      gone_.push_back(control.name_space);
    }
    if (control.kind == CaptureControl::Kind::add && ring.valid()) add_place(control, std::move(ring));
  }

  void add_place(const CaptureControl& control, system::Descriptor ring) {
    Result<RingReader> reader = RingReader::map(std::move(ring), control.shape);
    if (!reader.ok()) return note(reader.error());
    Place& place = places_[control.name_space];
    std::erase(gone_, control.name_space);
    place.rings.erase(control.interface);
    place.rings.emplace(control.interface, Ring{std::move(*reader)});
    if (place.sensor) return;
    if (!ndpi_) ndpi_ = std::make_shared<Ndpi>();
    // Each may have an eighth of all; what all have together is looked after in take_packets().
    SensorLimits limits;
    limits.flows = std::max<size_t>(order_.flows / 8, 1024);
    limits.head_bytes = order_.head_bytes;
    limits.reassembly_bytes = std::max<size_t>(order_.reassembly_bytes / 8, size_t{1} << 20);
    limits.tcp_idle = std::chrono::seconds(order_.tcp_idle_seconds);
    limits.udp_idle = std::chrono::seconds(order_.udp_idle_seconds);
    place.sensor = std::make_unique<Sensor>(
        limits, rows_,
        [this, where = control.name_space](const FlowRecord& flow) {
          if (left_.size() < most_waiting)
            left_.push_back({where, flow});
          else
            ++untold_;
        },
        ndpi_);
  }

  void note(const Error& error) {
    if (faults_.size() < 100) faults_.push_back({"packets of a network namespace", error.message, error.advice});
  }

  void take_packets() {
    bool more = true;
    for (int round = 0; more && round < 16; ++round) {
      more = false;
      for (auto& [name_space, place] : places_) {
        const auto sink = [&to = place](const Packet& packet) {
          to.sensor->packet(packet);
          to.newest = std::max(to.newest, packet.at);
        };
        for (auto& [interface, ring] : place.rings) {
          if (ring.reader.take(blocks_at_a_time, sink) > 0) place.changed = more = true;
        }
      }
      if (left_.size() >= most_waiting / 2) tell();
    }
  }

  bool send(CaptureNews& news) {
    const bool fine = side_.tell(wire::pack(news));
    news.flows.clear();
    news.findings.clear();
    return fine;
  }

  template <class T>
  bool send_all(std::vector<T>& all, std::vector<T> CaptureNews::* member, CaptureNews& news) {
    for (size_t at = 0; at < all.size(); at += most_in_a_piece) {
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(at);
      const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), at + most_in_a_piece));
      (news.*member).assign(std::make_move_iterator(begin), std::make_move_iterator(end));
      if (!send(news)) return false;
    }
    all.clear();
    return true;
  }

  bool tell() {
    told_ = Clock::now();
    const Time now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    CaptureNews news;
    news.losses = faults_;
    if (untold_ > 0) news.losses.push_back({"flows seen by packets", std::to_string(untold_) + " were not told", ""});
    std::vector<CapturedFinding> findings;
    for (auto& [name_space, place] : places_) {
      for (auto& [interface, ring] : place.rings) ring.ailing = false;  // it may be up again
      place.sensor->expire(now - std::chrono::seconds(2));
      add(news.counts, place.sensor->counts());
      if (!place.changed) continue;
      place.changed = false;
      for (FlowRecord& flow : place.sensor->flows()) {
        if (flow.last_seen > place.told) left_.push_back({name_space, std::move(flow)});
      }
      place.told = place.newest;
      for (Finding& finding : place.sensor->findings()) findings.push_back({name_space, std::move(finding)});
      for (Incomplete& loss : place.sensor->losses()) news.losses.push_back(std::move(loss));
    }
    for (const uint64_t name_space : gone_) places_.erase(name_space);
    gone_.clear();
    return send_all(left_, &CaptureNews::flows, news) && send_all(findings, &CaptureNews::findings, news) && send(news);
  }

  system::sandbox::WorkerSide& side_;
  CaptureOrder order_;
  std::vector<const DetectorRow*> rows_;
  std::shared_ptr<Ndpi> ndpi_;
  std::map<uint64_t, Place> places_;
  std::vector<uint64_t> gone_;
  std::vector<CapturedFlow> left_;
  uint64_t untold_ = 0;
  IncompleteList faults_;
  bool stopped_ = false;
  Clock::time_point told_{};
};

}  // namespace

Result<std::string> capture_packets(system::sandbox::WorkerSide& side) {
  PLIMSOLL_TRY(order, wire::unpack<CaptureOrder>(side.request()));
  return CaptureWorker(side, order).run();
}

}  // namespace plimsoll::network
