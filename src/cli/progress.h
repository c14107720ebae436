#pragma once
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace plimsoll::cli {

// One line on standard error that says what is being done; only on a terminal, at most ten times a second.
// Thread-safe. The line is taken away by clear() or at the end.
class ProgressLine {
 public:
  explicit ProgressLine(bool wanted);
  ~ProgressLine();
  void show(const std::string& step, uint64_t done, uint64_t total);
  void clear();

 private:
  const bool active_;
  std::mutex mutex_;
  std::string step_;
  std::chrono::steady_clock::time_point last_{};
  bool drawn_ = false;
};

}  // namespace plimsoll::cli
