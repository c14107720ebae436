#include "server/courier_lanes.h"

namespace plimsoll::server {

Status CourierLanes::add(const std::string& name, Work work) {
  constexpr size_t most_lanes = 128, most_waiting = 16;
  std::unique_ptr<Lane>& lane = lanes_[name];
  if (!lane) {
    if (lanes_.size() > most_lanes) {
      lanes_.erase(name);
      return Error{ErrorKind::limit, "too many receivers at once"};
    }
    lane = std::make_unique<Lane>();
    lane->thread = std::thread([&it = *lane] { live(it); });
  }
  {
    const std::lock_guard lock(lane->mutex);
    if (lane->waiting.size() >= most_waiting) return Error{ErrorKind::limit, "too much at once for one receiver"};
    lane->waiting.push_back(std::move(work));
  }
  lane->changed.notify_one();
  return Done{};
}

void CourierLanes::live(Lane& lane) {
  for (;;) {
    Work work;
    {
      std::unique_lock lock(lane.mutex);
      lane.changed.wait(lock, [&] { return lane.ending || !lane.waiting.empty(); });
      if (lane.ending) return;
      work = std::move(lane.waiting.front());
      lane.waiting.pop_front();
    }
    work();
  }
}

CourierLanes::~CourierLanes() {
  for (const auto& [name, lane] : lanes_) {
    {
      const std::lock_guard lock(lane->mutex);
      lane->ending = true;
    }
    lane->changed.notify_one();
    lane->thread.join();
  }
}

}  // namespace plimsoll::server
