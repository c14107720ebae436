#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "analyzer/analyzer.h"
#include "analyzer/package_marks.h"
#include "analyzer/pulled_images.h"

namespace plimsoll::analyzer {

// What a watcher does and hears.
struct Watch {
  Settings settings;                                  // `targets` empty; `sandbox` as for a scan
  std::chrono::seconds whole_every{3600};             // the host and every tree are read again
  std::chrono::seconds facts_every{60};               // all but the trees
  std::chrono::milliseconds look_every{1000};         // whether a container came or went
  std::function<bool(const Report& gathered)> found;  // false: nobody listens any more
  std::function<void(const Error& error)> failed;
};

// Gathers this machine's facts again and again, judging nothing: everything at the start, on schedule and when asked;
// when a container comes or goes, everything but the trees that were read before. Containers are seen by their
// processes whatever runs them; the events of Docker and containerd make it quicker, and tell of changes to one that
// goes on. A tree whose package database changed is read again, and an image that was pulled is read.
class Watcher {
 public:
  Watcher(const system::Machine& machine, Watch watch);

  // Until stop(), or `found` says that nobody listens.
  void run();
  // From any thread.
  void stop();
  void scan_now();
  // One asset's files are read again, with what is looked at every minute of all. An id that is not known asks for
  // nothing else. Of many that wait the first are read.
  void scan(const AssetId& asset);
  // How often it looks from now on; from any thread.
  void replace_schedule(std::chrono::seconds whole_every, std::chrono::seconds facts_every);

  // What other threads tell the one that runs.
  struct Bell {
    std::mutex mutex;
    std::condition_variable rung;
    bool stopping = false, asked = false, told = false;   // guarded by mutex
    std::vector<AssetId> assets;                          // asked for; guarded by mutex
    std::vector<std::string> pulled;                      // images; guarded by mutex
    std::chrono::seconds whole_every{0}, facts_every{0};  // guarded by mutex
    void ring(bool Bell::* what);
    void hear(std::string image);  // an event of the runtime: an image was pulled; empty: another
  };

 private:
  enum class Need { nothing, changes, everything };

  Need wait();
  bool gather_once(bool everything);
  void forget(const AssetId& asset);
  void read_images(Report& gathered);
  std::string seen_now() const;
  bool came_since(const Report& gathered) const;

  const system::Machine& machine_;
  Watch watch_;
  Known known_;
  std::string seen_;             // seen_now() when it was gathered last
  std::set<AssetId> there_;      // that were found then
  bool came_meanwhile_ = false;  // some of them while it was gathered
  PackageMarks packages_;
  PulledImages images_;
  std::chrono::steady_clock::time_point whole_at_{}, facts_at_{};
  std::shared_ptr<Bell> bell_ = std::make_shared<Bell>();
};

}  // namespace plimsoll::analyzer
