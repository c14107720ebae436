#pragma once
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/result.h"

namespace plimsoll::server {

// Values of the journal by their keys, each kept for a moment: who calls is looked up for every request, and for every
// follower of the event stream at every event. What is not there is not kept, so that guesses take no room.
// Thread-safe.
template <class T>
class KeptMoment {
 public:
  using Clock = std::chrono::steady_clock;
  // For as long another process's change of the same PostgreSQL may be overlooked.
  static constexpr std::chrono::seconds longest{1};
  static constexpr size_t most = 4096;

  // The value of `key`: kept, or read() of now. `version` is of what it belongs to, taken before this is called: a
  // value of another version does not count, so that a change of this process counts at once.
  template <class Read>
  Result<T> get(const std::string& key, uint64_t version, Clock::time_point now, Read&& read) {
    {
      const std::lock_guard lock(mutex_);
      const auto row = rows_.find(key);
      if (row != rows_.end() && row->second.version == version && now - row->second.at < longest)
        return row->second.value;
    }
    Result<T> fresh = read();
    const std::lock_guard lock(mutex_);
    if (!fresh.ok()) {
      rows_.erase(key);
      return fresh;
    }
    if (rows_.size() >= most) rows_.clear();  // most of them are over anyway
    rows_.insert_or_assign(key, Row{*fresh, version, now});
    return fresh;
  }

 private:
  struct Row {
    T value;
    uint64_t version;
    Clock::time_point at;
  };
  std::mutex mutex_;
  std::unordered_map<std::string, Row> rows_;  // guarded by mutex_
};

}  // namespace plimsoll::server
