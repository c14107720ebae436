#include "server/prepared_graph.h"

#include <chrono>
#include <optional>
#include <utility>

namespace plimsoll::server {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::minutes longest{10};
constexpr size_t worth_keeping = size_t{256} << 10;  // bytes: of some thousand assets

}  // namespace

void PreparedGraph::start(std::function<Response()> work_out, std::function<uint64_t()> version, Pace pace) {
  thread_ = std::thread(
      [this, work_out = std::move(work_out), version = std::move(version), pace] { live(work_out, version, pace); });
}

void PreparedGraph::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopped_.notify_all();
  thread_.join();
}

std::shared_ptr<const Response> PreparedGraph::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

void PreparedGraph::keep(Response answer) {
  const bool worth = answer.status == 200 && answer.body.size() >= worth_keeping;
  auto fresh = worth ? std::make_shared<const Response>(std::move(answer)) : nullptr;
  const std::lock_guard lock(mutex_);
  last_ = std::move(fresh);
}

void PreparedGraph::live(const std::function<Response()>& work_out, const std::function<uint64_t()>& version,
                         Pace pace) {
  std::optional<uint64_t> told;
  Clock::time_point told_at{};
  std::chrono::milliseconds wait = pace.first;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (stopped_.wait_for(lock, wait, [this] { return stop_; })) return;
    }
    wait = pace.pause;
    const uint64_t now = version();
    if (told == now && Clock::now() - told_at < longest) continue;
    told = now;
    told_at = Clock::now();
    keep(work_out());
  }
}

}  // namespace plimsoll::server
