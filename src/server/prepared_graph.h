#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "server/http.h"

namespace plimsoll::server {

// The network of the last day in columns, worked out before anybody asks. Of thousands of assets that takes some tenths
// of a second, which a page that opens need not wait for: it is shown this, and asks for what is newer behind it.
// Thread-safe.
class PreparedGraph {
 public:
  PreparedGraph() = default;
  ~PreparedGraph() { stop(); }
  PreparedGraph(const PreparedGraph&) = delete;
  PreparedGraph& operator=(const PreparedGraph&) = delete;

  // How long it waits before the first answer, and between two.
  struct Pace {
    std::chrono::milliseconds first{5'000}, pause{60'000};
  };
  // From now on, in a thread of its own: works it out anew when `version` of what it tells is another, and sometimes
  // without that, as the day goes on. Once.
  void start(std::function<Response()> work_out, std::function<uint64_t()> version, Pace pace);
  void stop();

  // nullptr: there is none, or so little is told that working it out takes no longer.
  std::shared_ptr<const Response> last() const;

 private:
  void live(const std::function<Response()>& work_out, const std::function<uint64_t()>& version, Pace pace);
  void keep(Response answer);

  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  bool stop_ = false;                     // guarded by mutex_
  std::shared_ptr<const Response> last_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace plimsoll::server
