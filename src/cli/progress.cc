#include "cli/progress.h"

#include <unistd.h>

#include <cstdio>

#include "base/text.h"

namespace plimsoll::cli {
namespace {

// "[#####     ] 3 of 6", or a plain count when the whole is not known.
std::string amount(uint64_t done, uint64_t total) {
  if (done == 0) return {};
  if (total == 0) return " " + std::to_string(done);
  constexpr uint64_t width = 20;
  const uint64_t full = std::min(width, done * width / total);
  return " [" + std::string(full, '#') + std::string(width - full, ' ') + "] " + std::to_string(done) + " of " +
         std::to_string(total);
}

}  // namespace

ProgressLine::ProgressLine(bool wanted) : active_(wanted && ::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::show(const std::string& step, uint64_t done, uint64_t total) {
  if (!active_) return;
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (step == step_ && now - last_ < std::chrono::milliseconds(100)) return;
  step_ = step;
  last_ = now;
  drawn_ = true;
  std::fprintf(stderr, "\r\033[K%s", printable(step + amount(done, total), 78).c_str());
  std::fflush(stderr);
}

void ProgressLine::clear() {
  const std::lock_guard lock(mutex_);
  if (drawn_) std::fputs("\r\033[K", stderr);
  drawn_ = false;
}

}  // namespace plimsoll::cli
