#include "network/flow/stream.h"

#include <algorithm>

namespace plimsoll::network {
namespace {

constexpr size_t most_held = 64;  // runs of bytes, each apart from the next
constexpr auto gap_patience = std::chrono::seconds(1);

}  // namespace

void Stream::begin(uint32_t first_sequence) {
  if (delivered_ > 0 || held_) return;
  first_ = first_sequence;
  begun_ = true;
}

// False when a bound forbids it.
bool Stream::hold(uint32_t offset, std::string_view bytes, StreamBudget& budget) {
  if (bytes.empty()) return true;
  if (!held_) held_ = std::make_unique<Held>();
  auto& runs = held_->by_offset;
  uint32_t begin = offset;
  const auto end_of = [](const auto& run) { return run->first + static_cast<uint32_t>(run->second.size()); };
  const auto end = static_cast<uint32_t>(offset + bytes.size());
  if (budget.used + bytes.size() > budget.limit) return false;
  std::string joined(bytes);
  // The run that begins at or before it wins where both have bytes; those that begin later lose.
  auto next = runs.upper_bound(begin);
  if (next != runs.begin()) {
    const auto before = std::prev(next);
    const uint32_t before_end = end_of(before);
    if (before_end >= end) return true;
    if (before_end >= begin) {
      joined = before->second + joined.substr(before_end - begin);
      begin = before->first;
      held_->bytes -= before->second.size();
      budget.used -= before->second.size();
      runs.erase(before);
    }
  }
  while (next != runs.end() && next->first <= end) {
    const uint32_t next_end = end_of(next);
    if (next_end > end) joined += std::string_view(next->second).substr(end - next->first);
    held_->bytes -= next->second.size();
    budget.used -= next->second.size();
    next = runs.erase(next);
  }
  held_->bytes += joined.size();
  budget.used += joined.size();
  runs.emplace(begin, std::move(joined));
  return runs.size() <= most_held;
}

// The held bytes that come next; empty when they are not there.
std::string Stream::next_held(StreamBudget& budget) {
  while (held_) {
    auto& runs = held_->by_offset;
    const auto first = runs.begin();
    if (first->first > delivered_) return {};
    std::string bytes = std::move(first->second);
    const uint32_t known = delivered_ - first->first;
    held_->bytes -= bytes.size();
    budget.used -= bytes.size();
    runs.erase(first);
    if (runs.empty()) {
      held_.reset();
      gap_since_ = {};
    }
    if (known < bytes.size()) return bytes.substr(known);
  }
  return {};
}

void Stream::acknowledged(uint32_t sequence, Time at, StreamBudget& budget) {
  if (!held_ || static_cast<int32_t>(sequence - first_) <= static_cast<int32_t>(delivered_)) return;
  if (gap_since_ == Time{})
    gap_since_ = at;
  else if (at - gap_since_ > gap_patience)
    give_up(budget);
}

void Stream::give_up(StreamBudget& budget) {
  budget.lost += held_ ? held_->by_offset.size() : 1;
  close(budget);
}

void Stream::close(StreamBudget& budget) {
  if (held_) budget.used -= held_->bytes;
  held_.reset();
  open_ = false;
}

}  // namespace plimsoll::network
