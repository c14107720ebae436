#include "server/answer_cache.h"

namespace plimsoll::server {
namespace {

constexpr size_t most_answers = 256, most_bytes = size_t{16} << 20, most_of_one = size_t{4} << 20;
// Answers count from the moment they were asked for ("the last 30 days"), and other processes may write to the same
// journal.
constexpr int64_t most_seconds = 10;

}  // namespace

std::shared_ptr<const Response> AnswerCache::find(const std::string& target, Version version, int64_t now) {
  const std::lock_guard lock(mutex_);
  if (version != version_) return nullptr;
  const auto found = places_.find(target);
  if (found == places_.end() || now - found->second->at > most_seconds) return nullptr;
  kept_.splice(kept_.begin(), kept_, found->second);
  return found->second->answer;
}

void AnswerCache::keep(const std::string& target, Version version, int64_t now,
                       std::shared_ptr<const Response> answer) {
  if (answer->body.size() > most_of_one) return;
  const std::lock_guard lock(mutex_);
  if (version < version_) return;  // it was asked for before what is kept
  if (version != version_) forget_all();
  version_ = version;
  if (const auto old = places_.find(target); old != places_.end()) {
    bytes_ -= old->second->answer->body.size();
    kept_.erase(old->second);
    places_.erase(old);
  }
  bytes_ += answer->body.size();
  kept_.push_front({target, now, std::move(answer)});
  places_.emplace(target, kept_.begin());
  while (kept_.size() > most_answers || bytes_ > most_bytes) {
    bytes_ -= kept_.back().answer->body.size();
    places_.erase(kept_.back().target);
    kept_.pop_back();
  }
}

void AnswerCache::forget_all() {
  kept_.clear();
  places_.clear();
  bytes_ = 0;
}

}  // namespace plimsoll::server
