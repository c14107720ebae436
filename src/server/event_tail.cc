#include "server/event_tail.h"

#include <algorithm>

#include "base/text.h"
#include "server/json_rows.h"

namespace plimsoll::server {
namespace {

constexpr size_t at_once = 200, most_events = 1000, most_bytes = size_t{1} << 20;
constexpr std::chrono::seconds look_every{1};  // for what other processes write

}  // namespace

std::string sse_frame(const journal::Event& event) {
  std::string out = "id: " + std::to_string(event.sequence) + "\nevent: " + event.kind + "\n";
  const std::string json = event_json(event);  // outlives the views of its lines
  for (const std::string_view line : split(json, '\n')) out += "data: " + std::string(line) + "\n";
  return out + "\n";
}

Result<EventTail::Piece> EventTail::after(journal::Sequence after) {
  {
    const std::lock_guard lock(mutex_);
    // Only who has everything that is kept asks for more: else the first of many would push away what the others want.
    if (!begun_ || after >= end_) PLIMSOLL_CHECK(catch_up());
    if (after >= start_ && after <= end_) return of_kept(after);
  }
  return of_journal(after);
}

// Who comes first reads for all: the others wait for it, as they would for the journal.
Status EventTail::catch_up() {
  const auto now = std::chrono::steady_clock::now();
  if (begun_ && end_ >= journal_.last_written() && now - read_at_ < look_every) return Done{};
  journal::EventQuery query;
  query.newest_first = !begun_;
  query.limit = begun_ ? at_once : 1;
  query.after = begun_ ? end_ : 0;
  PLIMSOLL_TRY(events, journal_.events(query));
  if (!begun_ && !events.empty()) start_ = end_ = events.front().sequence - 1;
  begun_ = true;
  read_at_ = now;
  for (const journal::Event& event : events) keep(event);
  return Done{};
}

void EventTail::keep(const journal::Event& event) {
  frames_.push_back(sse_frame(event));
  bytes_ += frames_.back().size();
  end_ = event.sequence;
  while (frames_.size() > most_events || bytes_ > most_bytes) {
    bytes_ -= frames_.front().size();
    frames_.pop_front();
  }
  start_ = end_ - frames_.size();  // sequences have no holes
}

EventTail::Piece EventTail::of_kept(journal::Sequence after) const {
  Piece out{{}, after};
  for (size_t i = after - start_; i < frames_.size() && out.last - after < at_once; ++i, ++out.last)
    out.frames += frames_[i];
  return out;
}

Result<EventTail::Piece> EventTail::of_journal(journal::Sequence after) const {
  journal::EventQuery query;
  query.after = after;
  query.limit = at_once;
  PLIMSOLL_TRY(events, journal_.events(query));
  Piece out{{}, after};
  for (const journal::Event& event : events) {
    out.frames += sse_frame(event);
    out.last = event.sequence;
  }
  return out;
}

}  // namespace plimsoll::server
