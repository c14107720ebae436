#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.h"

namespace plimsoll::server {

// Work in lanes: each has a thread of its own, so that a slow one holds up nobody else. Bounded in lanes and in what
// waits in one.
class CourierLanes {
 public:
  ~CourierLanes();
  using Work = std::function<void()>;
  // limit: too many lanes, or too much waits in this one.
  Status add(const std::string& lane, Work work);

 private:
  struct Lane {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Work> waiting;  // guarded by mutex
    bool ending = false;       // guarded by mutex
    std::thread thread;
  };
  static void live(Lane& lane);

  std::map<std::string, std::unique_ptr<Lane>> lanes_;  // of the thread that adds
};

}  // namespace plimsoll::server
