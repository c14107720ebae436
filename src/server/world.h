#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "base/time.h"

namespace plimsoll::server {

// What the service does at this moment; what it knows is in the journal. Thread-safe.
class World {
 public:
  // How far a longer work is; of one kind one runs at a time.
  struct Task {
    bool running = false;
    std::string step;              // what is done now
    uint64_t done = 0, total = 0;  // of the step; total 0: not known
    std::string fault;             // why the last one failed; empty: it did not
    bool operator==(const Task&) const = default;
  };
  struct Progress {
    Task scan, database;
    uint64_t changes = 0;      // of the tasks, since the start
    Instant last_scan{};       // the epoch: none yet
    uint64_t scans = 0;        // taken in
    uint64_t rematches = 0;    // without reading a disk
    double last_seconds = 0;   // from the facts' arrival to the journal
    uint64_t policies = 0;     // came into force since the start
    std::string policy_fault;  // why the files on disk are not in force; empty: they are
  };

  // How often there was something new to show; 0: nothing yet.
  uint64_t shown() const { return shown_; }
  bool ready() const { return shown_ > 0; }
  void set_ready() { ++shown_; }

  Progress progress() const {
    const std::lock_guard lock(mutex_);
    return progress_;
  }
  template <class Change>
  void change_progress(Change&& change) {
    bool moved = false;
    {
      const std::lock_guard lock(mutex_);
      const Task scan = progress_.scan, database = progress_.database;
      change(progress_);
      moved = !(scan == progress_.scan && database == progress_.database);
      if (moved) ++progress_.changes;
    }
    if (moved && moved_) moved_();
  }
  // Called after each change of a task by whoever made it. One listener, set before there are threads.
  void on_progress(std::function<void()> moved) { moved_ = std::move(moved); }

 private:
  mutable std::mutex mutex_;
  Progress progress_;  // guarded by mutex_
  std::atomic<uint64_t> shown_{0};
  std::function<void()> moved_;
};

}  // namespace plimsoll::server
