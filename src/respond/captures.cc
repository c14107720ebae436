#include "respond/captures.h"

#include <poll.h>

#include "base/file.h"
#include "network/capture/ring.h"
#include "respond/pcapng.h"

namespace plimsoll::respond {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int look_every_ms = 200;
constexpr std::chrono::milliseconds last_block{150};  // the kernel hands over a block that is not full after 100 ms

Result<network::RingReader> open_in(const network::NameSpace& where, const network::RingShape& shape) {
  system::Descriptor ring;
  PLIMSOLL_CHECK(network::inside(where, [&]() -> Status {
    PLIMSOLL_TRY(opened, network::open_ring(shape));
    ring = std::move(opened);
    return network::bind_ring(ring.get(), 0);
  }));
  return network::RingReader::map(std::move(ring), shape);
}

}  // namespace

Captures::~Captures() {
  const std::lock_guard lock(mutex_);
  for (auto& [file, one] : running_) one->stopping = true;
  for (auto& [file, one] : running_) {
    if (one->thread.joinable()) one->thread.join();
  }
}

Status Captures::start(const std::string& file, const network::NameSpace& where, std::chrono::seconds lasts,
                       uint64_t most_bytes) {
  const network::RingShape shape{128u << 10, 16};
  PLIMSOLL_TRY(opened, open_in(where, shape));
  const std::lock_guard lock(mutex_);
  if (running_.contains(file)) return Done{};
  auto one = std::make_unique<Running>();
  Running* const it = one.get();
  it->thread =
      std::thread([it, file, lasts, most_bytes, reader = std::make_shared<network::RingReader>(std::move(opened))] {
        PacketRing packets(most_bytes);
        const auto end = Clock::now() + lasts;
        const auto take = [&] {
          while (reader->take(16, [&](const network::Packet& packet) { packets.add(packet); }) > 0) {
          }
        };
        while (!it->stopping && Clock::now() < end) {
          pollfd ready{reader->descriptor(), POLLIN, 0};
          (void)::poll(&ready, 1, look_every_ms);
          take();
        }
        std::this_thread::sleep_for(last_block);
        take();
        const Status written = write_file_atomically(file, packets.file("evidence kept by a response"), 0600);
        it->said = written.ok()
                       ? std::to_string(packets.packets()) + " packets in " + file +
                             (packets.left_out() > 0 ? ", " + std::to_string(packets.left_out()) + " left out" : "")
                       : "not written: " + written.error().to_string();
        it->over = true;
      });
  running_.emplace(file, std::move(one));
  return Done{};
}

bool Captures::is_running(const std::string& file) const {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(file);
  return found != running_.end() && !found->second->over;
}

std::string Captures::result(const std::string& file) {
  std::unique_ptr<Running> one;
  {
    const std::lock_guard lock(mutex_);
    const auto found = running_.find(file);
    if (found == running_.end()) return {};
    one = std::move(found->second);
    running_.erase(found);
  }
  one->thread.join();
  return one->said;
}

void Captures::stop(const std::string& file) {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(file);
  if (found != running_.end()) found->second->stopping = true;
}

}  // namespace plimsoll::respond
