#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "journal/event_log.h"

namespace plimsoll::journal {

// What a job may do: change tables and add events, inside one open transaction.
struct Transaction {
  Database& db;
  ChainEnd& end;
  Instant now{};
  const SealKey& key;
  const std::string& store;

  Status add(const NewEvent& event) { return add_event(db, end, event, now); }
};

// Writes all go through the one thread of a Writer: jobs that wait together share one commit, and so one fsync. A job
// may run more than once before one of its runs is kept.
class Writer {
 public:
  using Job = std::function<Status(Transaction&)>;
  // Whether answers about the assessed world may be others once the job is done.
  enum class Touches { world, nothing_shown };
  struct State {
    std::optional<Error> fault;  // of the last write, when it failed for a reason of the store's
    Instant fault_at{};
    uint64_t waiting = 0;
  };

  // `again`: opens another connection when this one broke; empty where there is none to break.
  Writer(std::unique_ptr<Database> db, Connect again, SealKey key, std::string store);
  ~Writer();  // what waits is still written
  Writer(const Writer&) = delete;

  // Returns when the job's changes are on disk, or with the reason why nothing of them is. A store that does not answer
  // is waited for, bounded.
  Status write(Job job, Touches touches = Touches::nothing_shown);
  void on_events(std::function<void(Sequence)> listener);
  State state() const;
  // Grows with each commit that touches the world, before its listener is called.
  uint64_t world_version() const { return world_version_; }
  // The newest event of its own, told before its listener is called; 0: none yet.
  Sequence last_written() const { return last_written_; }
  const SealKey& key() const { return key_; }

 private:
  struct Waiting {
    Job job;
    Touches touches;
    std::optional<Status> done;
  };
  using Batch = std::vector<Waiting*>;
  void loop();
  void write_batch(const Batch& batch);
  // The batch, through broken connections: until it is known to be written, or not.
  Status insist(const Batch& batch, std::vector<Status>& each);
  Status try_batch(const Batch& batch, std::vector<Status>& each);
  Status reconnect();
  // Whether the commit whose answer was lost came through.
  Result<bool> settle_doubt();
  void look_again();
  Status run_jobs(const Batch& batch, std::vector<Status>& each, Transaction& transaction);
  void tell(const Batch& batch, std::vector<Status> each);

  // Of the thread alone:
  std::unique_ptr<Database> db_;  // nullptr: the connection broke
  const Connect again_;
  std::string doubt_;   // the transaction whose commit() was not answered
  ChainEnd tried_end_;  // where the last transaction brings the chain; 0: it adds no event
  std::optional<std::chrono::steady_clock::time_point> down_since_;

  const SealKey key_;
  const std::string store_;

  mutable std::mutex mutex_;
  std::condition_variable work_, done_;
  std::deque<Waiting*> queue_;
  bool stopping_ = false;
  State state_;
  std::atomic<uint64_t> world_version_{0};
  std::atomic<Sequence> last_written_{0};

  std::mutex listener_mutex_;
  std::function<void(Sequence)> listener_;
  std::thread thread_;  // last: starts when all else is there
};

}  // namespace plimsoll::journal
