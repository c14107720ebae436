#include "repository/hash_beside.h"

#include <system_error>

namespace plimsoll::repository {
namespace {

constexpr size_t portion = size_t{512} << 10;  // what is worth waking a thread for

}  // namespace

HashBeside::~HashBeside() { end(); }

void HashBeside::update(std::string_view piece) {
  filling_ += piece;
  if (filling_.size() >= portion) hand_over();
}

void HashBeside::hand_over() {
  if (!thread_.joinable()) {
    try {
      thread_ = std::thread([this] { work(); });
    } catch (const std::system_error&) {
      hash_.update(filling_);
      filling_.clear();
      return;
    }
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !full_; });
  filling_.swap(waiting_);
  full_ = true;
  changed_.notify_one();
  lock.unlock();
  filling_.clear();
}

void HashBeside::work() {
  std::string own;
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return full_ || ended_; });
    if (!full_) return;
    own.swap(waiting_);
    full_ = false;
    changed_.notify_one();
    lock.unlock();
    hash_.update(own);
    lock.lock();
  }
}

void HashBeside::end() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_one();
  }
  thread_.join();
}

std::string HashBeside::hex() {
  end();
  hash_.update(filling_);
  return hash_.hex();
}

}  // namespace plimsoll::repository
