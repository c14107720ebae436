#pragma once
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "journal/database.h"

namespace plimsoll::journal {

// Connections for reading, one for each reader at a time; those that are free are kept for the next.
class ReadPool {
 public:
  explicit ReadPool(Connect connect) : connect_(std::move(connect)) {}

  // Calls look(db) inside one read transaction: it sees the journal of one moment. Returns what it returned. Where the
  // kept connections broke meanwhile, it is called again with a fresh one.
  template <class Look>
  auto read(Look&& look) -> decltype(look(std::declval<Database&>())) {
    for (;;) {
      bool kept = false;
      PLIMSOLL_TRY(db, take(kept));
      PLIMSOLL_CHECK(db->begin(Access::read));
      auto answer = look(*db);
      const bool broken = !answer.ok() && answer.error().kind == ErrorKind::unreachable;
      if (broken && kept) continue;
      if (!broken && db->commit().ok()) give_back(std::move(db));
      return answer;
    }
  }

 private:
  Result<std::unique_ptr<Database>> take(bool& kept) {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        auto db = std::move(free_.back());
        free_.pop_back();
        kept = true;
        return db;
      }
    }
    const auto now = std::chrono::steady_clock::now();
    {
      const std::lock_guard lock(mutex_);
      if (refused_ && now < ask_again_) return *refused_;
    }
    Result<std::unique_ptr<Database>> made = connect_(Access::read);
    const std::lock_guard lock(mutex_);
    refused_.reset();
    if (!made.ok() && made.error().kind == ErrorKind::unreachable) {
      refused_ = made.error();
      ask_again_ = std::chrono::steady_clock::now() + between_tries;
    }
    return made;
  }
  void give_back(std::unique_ptr<Database> db) {
    constexpr size_t most_kept = 16;
    const std::lock_guard lock(mutex_);
    if (free_.size() < most_kept) free_.push_back(std::move(db));
  }

  // When nobody answers, not every reader waits for that.
  static constexpr std::chrono::seconds between_tries{1};
  const Connect connect_;
  std::mutex mutex_;
  std::optional<Error> refused_;
  std::chrono::steady_clock::time_point ask_again_{};
  std::vector<std::unique_ptr<Database>> free_;
};

}  // namespace plimsoll::journal
