#pragma once
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/sha256.h"

namespace plimsoll::repository {

// SHA-256 of a stream, taken on a thread of its own while the caller goes on with the bytes; of a short one, or where
// no thread can be had, at once. For one caller.
class HashBeside {
 public:
  HashBeside() = default;
  ~HashBeside();
  HashBeside(const HashBeside&) = delete;
  HashBeside& operator=(const HashBeside&) = delete;

  void update(std::string_view piece);
  std::string hex();  // once, after the last update()

 private:
  void hand_over();
  void work();
  void end();

  Sha256 hash_;          // the thread's, while there is one
  std::string filling_;  // the caller's
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string waiting_;  // guarded by mutex_, like all below
  bool full_ = false, ended_ = false;
};

}  // namespace plimsoll::repository
