#pragma once
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "journal/journal.h"
#include "notify/settings.h"
#include "server/messenger.h"
#include "server/policy_in_force.h"
#include "server/world.h"

namespace plimsoll::server {

// Writes the reports of the settings when they are due, or when somebody asks, and posts them. A thread of its own.
// What became due while nobody ran is done once, as soon as there is something to report, and says what was missed.
class Reporter {
 public:
  struct Ground {
    journal::Journal& journal;
    const World& world;
    Messenger& messenger;
    const notify::Settings& settings;
    const PolicyInForce& policy;
  };
  // All of `ground` outlives it.
  explicit Reporter(Ground ground);
  ~Reporter();
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;

  // Writes and posts it now; the message's id. not_found: no such report; unreachable: the first scan is not done.
  Result<std::string> run(const std::string& name, Instant now);

  struct State {
    std::string name, fault;
    std::optional<Instant> last, next;
  };
  std::vector<State> states() const;

 private:
  void live();
  void look_after(size_t index, Instant now);
  Result<std::string> make(const notify::ScheduledReport& report, Instant at, std::string id, std::string remark);
  Result<notify::Message> write(const notify::ScheduledReport& report, Instant at) const;

  Ground ground_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<State> states_;  // as the settings' reports; guarded by mutex_
  bool ending_ = false;        // guarded by mutex_
  std::thread thread_;         // last
};

}  // namespace plimsoll::server
