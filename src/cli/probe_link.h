#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "model/report.h"
#include "server/channel.h"

// What the process with the rights says to the other one.
namespace plimsoll::cli {

// Steps come quickly; whoever follows them needs a few a second, and each new step.
class Pace {
 public:
  bool is_due(const std::string& step) {
    const auto now = std::chrono::steady_clock::now();
    if (step == step_ && now - last_ < std::chrono::milliseconds(200)) return false;
    step_ = step;
    last_ = now;
    return true;
  }

 private:
  std::string step_;
  std::chrono::steady_clock::time_point last_{};
};

// The probe's end of the channel, for several threads.
class Probe {
 public:
  explicit Probe(server::Channel channel) : channel_(std::move(channel)) {}
  bool say(server::Say what, const std::string& payload) {
    const std::lock_guard lock(mutex_);
    return channel_.send(what, payload).ok();
  }
  server::Channel& channel() { return channel_; }
  std::atomic<bool> told_to_end{false};  // by a signal: whoever heard it ends the program
  std::function<void()> before_the_end;  // by a signal; set before there are threads

 private:
  std::mutex mutex_;
  server::Channel channel_;
};

// What the service has of each asset: only what changed since travels to it.
class Sender {
 public:
  explicit Sender(Probe& probe) : probe_(probe) {}
  // False: the service has ended.
  bool send(const Report& gathered);

 private:
  Probe& probe_;
  std::map<std::string, std::string> prints_;
};

}  // namespace plimsoll::cli
