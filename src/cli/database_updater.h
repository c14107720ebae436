#pragma once
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "cli/probe_link.h"
#include "cli/scan_options.h"
#include "policy/policy.h"
#include "threatdb/threatdb.h"

namespace plimsoll::cli {

// The update of the threat database, when it is asked for: what `plimsoll db update` does, beside the watching.
class DatabaseUpdater {
 public:
  DatabaseUpdater(Probe& probe, const ScanOptions& options, const policy::Policy& policy)
      : probe_(probe),
        path_(options.db.empty() ? threatdb::default_path() : options.db),
        policy_(policy.updates),
        every_(policy.schedule.database) {}
  // Of the next update.
  void replace_policy(const policy::Policy& policy);
  // Where the policy has a schedule of updates, and the last one began so long ago, or none did.
  void start_if_due();
  // Nothing while one is under way.
  void start();
  // The ecosystems of this machine's packages: those are fetched, beside those that the database has.
  void needs(const Report& gathered);
  ~DatabaseUpdater();
  DatabaseUpdater(const DatabaseUpdater&) = delete;

 private:
  // Why it failed, or what was left out; empty: nothing.
  std::string update();

  Probe& probe_;
  const std::string path_;
  std::atomic<bool> running_{false};
  std::mutex mutex_;
  UpdatePolicy policy_;                                         // guarded by mutex_
  std::set<std::string> ecosystems_;                            // guarded by mutex_
  std::chrono::seconds every_;                                  // guarded by mutex_; 0: never by itself
  std::optional<std::chrono::steady_clock::time_point> began_;  // guarded by mutex_
  std::mutex starting_;
  std::thread thread_;  // guarded by starting_
};

}  // namespace plimsoll::cli
