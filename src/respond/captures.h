#pragma once
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.h"
#include "network/tables/name_space.h"

namespace plimsoll::respond {

// Packets of network namespaces into pcapng files, each for a time, on a thread of its own. Of each file the newest
// `most_bytes` of packets are kept. A file is written whole when its capture ends, and is not there before.
class Captures {
 public:
  ~Captures();
  // Begins at once; what it is told of `file` is there when is_running() is false. `file` must not exist.
  Status start(const std::string& file, const network::NameSpace& where, std::chrono::seconds lasts,
               uint64_t most_bytes);
  bool is_running(const std::string& file) const;
  // What became of one that ended, for a person: "1204 packets, 380112 bytes"; forgets it.
  std::string result(const std::string& file);
  void stop(const std::string& file);  // early; its packets so far are kept

 private:
  struct Running {
    std::atomic<bool> stopping{false}, over{false};
    std::string said;  // when it is over
    std::thread thread;
  };
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Running>> running_;  // guarded by mutex_
};

}  // namespace plimsoll::respond
