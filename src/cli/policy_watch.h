#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.h"
#include "server/policy_in_force.h"

namespace plimsoll::cli {

// Sees that policy files change: their names, sizes and times are looked at every second. What changed is read as soon
// as it has stayed the same for one look, so that a file is not read while it is being written. A thread of its own.
class PolicyWatch {
 public:
  struct Ground {
    std::string path;           // as for policy::read_policy_files()
    server::PolicyFiles first;  // in force when it begins
    std::chrono::milliseconds look_every{1000};
    std::function<Status(const server::PolicyFiles& files)> check;  // whether they are well
    // `fault` empty: these are well, and others than those before. Else why they are not in force.
    std::function<void(const server::PolicyFiles& files, const std::string& fault)> changed;
  };
  explicit PolicyWatch(Ground ground);
  ~PolicyWatch();
  PolicyWatch(const PolicyWatch&) = delete;

 private:
  void live();
  void look();
  void read();
  std::string mark() const;

  Ground ground_;
  // Of the thread alone.
  std::string read_, seen_;  // marks: of what was read last, of the last look
  server::PolicyFiles in_force_;
  bool broken_ = false;  // what was read last is not in force

  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;  // guarded by mutex_
  std::thread thread_;   // last: everything else is there when it starts
};

}  // namespace plimsoll::cli
