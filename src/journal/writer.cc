#include "journal/writer.h"

#include <algorithm>
#include <chrono>
#include <exception>

#include "base/clock.h"

namespace plimsoll::journal {
namespace {

constexpr size_t max_batch = 512;
constexpr std::chrono::seconds patience{10};  // for a store that does not answer, since it last did
constexpr std::chrono::milliseconds between_tries{250};
constexpr std::chrono::seconds between_looks{1};

// Whether it is the store that failed, not what was asked of it.
bool is_of_store(const Error& error) {
  switch (error.kind) {
    case ErrorKind::limit:
    case ErrorKind::unreachable:
    case ErrorKind::malformed:
    case ErrorKind::denied:
      return true;
    default:
      return false;
  }
}

Status run_one(const Writer::Job& job, Transaction& transaction) {
  try {
    return job(transaction);
  } catch (const std::exception& bug) {
    return Error{ErrorKind::bug, std::string("a write to the journal broke off: ") + bug.what()};
  }
}

}  // namespace

Writer::Writer(std::unique_ptr<Database> db, Connect again, SealKey key, std::string store)
    : db_(std::move(db)), again_(std::move(again)), key_(std::move(key)), store_(std::move(store)), thread_([this] {
        loop();
      }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  thread_.join();
}

Status Writer::write(Job job, Touches touches) {
  Waiting waiting{std::move(job), touches, std::nullopt};
  std::unique_lock lock(mutex_);
  if (stopping_) return Error{ErrorKind::unreachable, "the journal is closing"};
  queue_.push_back(&waiting);
  work_.notify_one();
  done_.wait(lock, [&] { return waiting.done.has_value(); });
  return *std::move(waiting.done);
}

void Writer::on_events(std::function<void(Sequence)> listener) {
  const std::lock_guard lock(listener_mutex_);
  listener_ = std::move(listener);
}

Writer::State Writer::state() const {
  const std::lock_guard lock(mutex_);
  State state = state_;
  state.waiting = queue_.size();
  return state;
}

void Writer::loop() {
  for (;;) {
    Batch batch;
    {
      std::unique_lock lock(mutex_);
      const auto ready = [&] { return stopping_ || !queue_.empty(); };
      if (again_ && state_.fault)
        work_.wait_for(lock, between_looks, ready);
      else
        work_.wait(lock, ready);
      if (queue_.empty() && stopping_) return;
      while (!queue_.empty() && batch.size() < max_batch) {
        batch.push_back(queue_.front());
        queue_.pop_front();
      }
    }
    if (batch.empty())
      look_again();
    else
      write_batch(batch);
  }
}

// After a fault, with nothing to write: whether the store is there again.
void Writer::look_again() {
  if (!reconnect().ok()) return;
  const bool fine = db_->begin(Access::write).ok() && db_->commit().ok();
  if (!fine) {
    db_.reset();
    return;
  }
  down_since_.reset();
  const std::lock_guard lock(mutex_);
  state_.fault.reset();
}

void Writer::write_batch(const Batch& batch) {
  std::vector<Status> each(batch.size(), Status(Done{}));
  const Status whole = insist(batch, each);
  if (whole.ok()) return tell(batch, std::move(each));
  if (batch.size() == 1) return tell(batch, {whole});
  if (whole.error().kind == ErrorKind::unreachable) return tell(batch, std::vector<Status>(batch.size(), whole));
  // One job can spoil the transaction of all, by being larger than the room left: each gets its own chance.
  for (Waiting* waiting : batch) write_batch({waiting});
}

Status Writer::reconnect() {
  if (db_) return Done{};
  PLIMSOLL_TRY(fresh, again_(Access::write));
  db_ = std::move(fresh);
  return Done{};
}

Result<bool> Writer::settle_doubt() {
  if (doubt_.empty()) return false;
  PLIMSOLL_TRY(committed, db_->was_committed(doubt_));
  bool written = committed;
  if (committed && tried_end_.sequence != 0) {  // after a sudden end another's transaction can have that name
    written = false;
    PLIMSOLL_CHECK(db_->each(
        "SELECT hash FROM events WHERE sequence = ?",
        [&](const Row& row) { written = row.bytes(0) == tried_end_.hash; }, tried_end_.sequence));
  }
  doubt_.clear();
  return written;
}

Status Writer::insist(const Batch& batch, std::vector<Status>& each) {
  for (;;) {
    const auto attempt = [&]() -> Status {
      PLIMSOLL_CHECK(reconnect());
      PLIMSOLL_TRY(written, settle_doubt());
      return written ? Status(Done{}) : try_batch(batch, each);
    };
    Status done = attempt();
    if (done.ok()) {
      down_since_.reset();
      if (std::ranges::any_of(batch, [](const Waiting* job) { return job->touches == Touches::world; }))
        ++world_version_;
      if (tried_end_.sequence != 0) last_written_ = tried_end_.sequence;
      const std::lock_guard lock(listener_mutex_);
      if (listener_ && tried_end_.sequence != 0) listener_(tried_end_.sequence);
      return done;
    }
    if (!again_ || done.error().kind != ErrorKind::unreachable) return done;
    db_.reset();
    const auto now_is = std::chrono::steady_clock::now();
    if (!down_since_) down_since_ = now_is;
    if (now_is - *down_since_ >= patience) {
      Error error = done.error();
      if (!doubt_.empty()) error.message += "; whether the last write was kept is not known";
      doubt_.clear();
      return error;
    }
    std::unique_lock lock(mutex_);
    work_.wait_for(lock, between_tries, [&] { return stopping_; });
    if (stopping_) down_since_ = now_is - patience;
  }
}

Status Writer::try_batch(const Batch& batch, std::vector<Status>& each) {
  std::ranges::fill(each, Status(Done{}));
  PLIMSOLL_CHECK(db_->begin(Access::write));
  const auto give_up = [&](Status why) {
    db_->roll_back();
    return why;
  };
  Result<ChainEnd> before = chain_end(*db_);  // read again: another process may write, too
  if (!before.ok()) return give_up(before.error());
  ChainEnd end = *before;
  Transaction transaction{*db_, end, wall_clock(), key_, store_};
  if (Status done = run_jobs(batch, each, transaction); !done.ok()) return give_up(std::move(done));
  if (end.sequence != before->sequence) {
    Status sealed = seal_end(*db_, *before, end, key_, store_, transaction.now);
    if (sealed.ok()) sealed = db_->settle();
    if (!sealed.ok()) return give_up(std::move(sealed));
  }
  tried_end_ = end.sequence == before->sequence ? ChainEnd{} : end;
  const std::string name = db_->transaction_name();
  Status committed = db_->commit();
  if (!committed.ok() && committed.error().kind == ErrorKind::unreachable) doubt_ = name;
  return committed.ok() ? committed : give_up(std::move(committed));
}

Status Writer::run_jobs(const Batch& batch, std::vector<Status>& each, Transaction& transaction) {
  for (size_t i = 0; i < batch.size(); ++i) {
    const ChainEnd saved = transaction.end;
    PLIMSOLL_CHECK(db_->begin_part());
    each[i] = run_one(batch[i]->job, transaction);
    if (each[i].ok()) each[i] = db_->settle();
    if (each[i].ok()) {
      PLIMSOLL_CHECK(db_->keep_part());
      continue;
    }
    if (is_of_store(each[i].error()) || !db_->in_transaction()) return each[i];
    PLIMSOLL_CHECK(db_->undo_part());
    transaction.end = saved;
  }
  return db_->settle();
}

void Writer::tell(const Batch& batch, std::vector<Status> each) {
  {
    const std::lock_guard lock(mutex_);
    for (size_t i = 0; i < batch.size(); ++i) {
      if (each[i].ok()) {
        state_.fault.reset();
      } else if (is_of_store(each[i].error())) {
        state_.fault = each[i].error();
        state_.fault_at = wall_clock();
      }
      batch[i]->done = std::move(each[i]);
    }
  }
  done_.notify_all();
}

}  // namespace plimsoll::journal
