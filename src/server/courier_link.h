#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "model/sandbox.h"
#include "notify/delivery.h"
#include "server/courier.h"

namespace plimsoll::server {

// The service's end of the courier, whichever is alive. Thread-safe.
class CourierLink {
 public:
  explicit CourierLink(system::Descriptor control);
  ~CourierLink();
  CourierLink(const CourierLink&) = delete;
  CourierLink& operator=(const CourierLink&) = delete;

  // What the courier answered to one frame, without the ticket; unreachable when it ended before.
  using Reply = std::function<void(Result<std::string>)>;
  // `reply` is called once, by another thread, or before this returns when there is no courier.
  void send(ToCourier type, std::string_view payload, Reply reply);
  // The same, and waits. timeout: no answer so far.
  Result<std::string> ask(ToCourier type, std::string_view payload, std::chrono::seconds patience);

  bool connected() const;
  // Of the courier that is alive.
  std::vector<SandboxLayer> confinement() const;
  // Called by the ear's thread whenever a courier came or went.
  void on_change(std::function<void()> listener);

  static notify::Outcome outcome_of(const Result<std::string>& reply);

 private:
  void listen();
  void hear(const std::string& payload, uint32_t type);
  void drop_all();

  system::Descriptor control_;
  mutable std::mutex mutex_;
  std::mutex writing_;                          // one frame at a time
  std::shared_ptr<system::Descriptor> socket_;  // guarded by mutex_; shared with who is sending
  std::map<uint64_t, Reply> waiting_;           // guarded by mutex_
  uint64_t ticket_ = 0;                         // guarded by mutex_
  std::vector<SandboxLayer> layers_;            // guarded by mutex_
  std::function<void()> changed_;               // guarded by mutex_
  bool ending_ = false;                         // guarded by mutex_
  std::thread ear_;                             // last
};

}  // namespace plimsoll::server
