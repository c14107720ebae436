#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "base/result.h"

namespace plimsoll::server {

// Questions to the other process, each under a token that comes back with its answer. Thread-safe.
template <class Answer>
class Awaited {
 public:
  // Asks by `say`, which tells whether the question was sent. limit: too many wait; unreachable: it was not sent;
  // timeout: no answer within 10 s.
  Result<Answer> ask(const std::function<bool(uint64_t token)>& say) {
    std::unique_lock lock(mutex_);
    if (waiting_.size() >= most) return Error{ErrorKind::limit, "too many questions at once"};
    const uint64_t token = ++token_;
    waiting_[token];
    lock.unlock();
    const bool said = say(token);
    lock.lock();
    if (said) answered_.wait_for(lock, patience, [&] { return waiting_[token].has_value(); });
    std::optional<Answer> answer = std::move(waiting_[token]);
    waiting_.erase(token);
    if (!said) return Error{ErrorKind::unreachable, "the process with the rights for it does not answer"};
    if (!answer) return Error{ErrorKind::timeout, "the process with the rights for it does not answer"};
    return std::move(*answer);
  }

  // Nobody waits for it any more: it is dropped.
  void take(uint64_t token, Answer answer) {
    {
      const std::lock_guard lock(mutex_);
      const auto waiting = waiting_.find(token);
      if (waiting == waiting_.end()) return;
      waiting->second = std::move(answer);
    }
    answered_.notify_all();
  }

 private:
  static constexpr size_t most = 32;
  static constexpr std::chrono::seconds patience{10};

  std::mutex mutex_;
  std::condition_variable answered_;
  std::map<uint64_t, std::optional<Answer>> waiting_;  // guarded by mutex_
  uint64_t token_ = 0;                                 // guarded by mutex_
};

}  // namespace plimsoll::server
