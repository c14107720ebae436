#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "analyzer/analyzer.h"
#include "journal/journal.h"
#include "server/policy_in_force.h"
#include "server/world.h"
#include "threatdb/threatdb.h"

namespace plimsoll::server {

// Turns facts into the assessed world: matches, checks, scores, writes to the journal. A thread of its own. It also
// sees that the threat database was replaced, that an exception ended or was made, or that other networks count as
// inside, and then judges what is stored anew.
class Analyst {
 public:
  // Hears of each world that was judged by facts of this run, before it is journalled, and of the last one again every
  // few seconds: what it waits for may be a matter of time.
  using Judged = std::function<void(const Report& report)>;
  struct Settings {
    std::string db_path;  // empty: where the database usually is
  };
  // All but `settings` and `judged` outlive it.
  Analyst(journal::Journal& journal, World& world, const PolicyInForce& by, Settings settings, Judged judged);
  ~Analyst();
  Analyst(const Analyst&) = delete;
  Analyst& operator=(const Analyst&) = delete;

  // A recording (wire/recording.h) of everything. Of those that wait, the last one counts.
  void take_facts(std::string recording);
  // A Delta of channel.h: goes on from the facts before it, none of which is lost.
  void take_changes(std::string delta);
  // What is stored is judged by the policy, exceptions and networks of now; `because` is the actor of what comes of it.
  void judge_anew(const char* because = "exceptions");

 private:
  struct FileMark {
    uint64_t device = 0, inode = 0, size = 0;
    int64_t modified = 0, nanoseconds = 0;
    bool operator==(const FileMark&) const = default;
  };
  struct Waiting {
    bool whole = true;
    std::string payload;
  };

  void live();
  void look_at_database();
  // `write_all`: also what is as the journal has it.
  Status judge_and_keep(Report gathered, journal::Recording how, bool write_all);
  // The same of what is stored, which may be more than should be in memory at once.
  Status judge_stored(const std::string& actor);
  Status take_what_is_judged_by();
  void tell_judged(const std::string& with, Instant at);
  Status assess(const std::vector<Waiting>& news);
  Status take_in(const Waiting& news);
  Status assess_stored(const std::string& actor);
  void begin();
  void judge_again();
  void end_exceptions(Instant now);
  void take_policy(Instant now);
  void show(const Report& judged, const std::string& images);
  void show(const char* name, std::string text);
  std::string mark_of_judgement() const;
  Result<std::vector<Exception>> all_exceptions() const;  // people's and the policy's
  void care(Instant now);
  FileMark mark() const;

  journal::Journal& journal_;
  World& world_;
  const PolicyInForce& by_;
  const Settings settings_;
  const Judged judged_;
  // Of the thread alone.
  std::shared_ptr<const InForce> in_force_;  // that was judged by last
  policy::Policy policy_;                    // of it, with the networks that were set in the service
  std::vector<Exception> exceptions_;
  std::optional<threatdb::ThreatDb> db_;
  FileMark db_mark_;
  Instant cared_{};
  std::optional<Instant> next_end_;        // of an exception
  std::optional<Report> gathered_;         // the last facts of this machine's probe, not judged
  std::map<AssetId, std::string> prints_;  // of each as the journal holds it
  std::map<std::string, std::string> shown_;
  std::shared_ptr<const Report> last_judged_;  // null: none by facts of this run yet
  std::chrono::steady_clock::time_point judged_at_{};

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Waiting> waiting_;  // guarded by mutex_
  const char* anew_ = nullptr;    // guarded by mutex_; why it is to be judged anew
  bool ending_ = false;           // guarded by mutex_
  std::thread thread_;            // last: everything else is there when it starts
};

}  // namespace plimsoll::server
