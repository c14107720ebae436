#pragma once
#include <chrono>
#include <deque>
#include <mutex>
#include <string>

#include "journal/journal.h"

namespace plimsoll::server {

// The newest events of the journal in the format of the event stream, read and written out once for all who follow near
// the end; whoever is further behind reads the journal for itself. Bounded in number and bytes. Thread-safe.
class EventTail {
 public:
  explicit EventTail(const journal::Journal& journal) : journal_(journal) {}

  // What comes after `after`, oldest first, at most 200 events; `last`: where one is then. Events of this process are
  // there once they are written, those of others within a second. Errors are the journal's.
  struct Piece {
    std::string frames;
    journal::Sequence last = 0;
  };
  Result<Piece> after(journal::Sequence after);

 private:
  Status catch_up();
  void keep(const journal::Event& event);
  Piece of_kept(journal::Sequence after) const;
  Result<Piece> of_journal(journal::Sequence after) const;

  const journal::Journal& journal_;
  std::mutex mutex_;
  // Guarded by mutex_: the frames of the events start_ + 1 to end_.
  std::deque<std::string> frames_;
  size_t bytes_ = 0;
  journal::Sequence start_ = 0, end_ = 0;
  bool begun_ = false;
  std::chrono::steady_clock::time_point read_at_{};
};

// One event as a server-sent event (WHATWG HTML, section 9.2).
std::string sse_frame(const journal::Event& event);

}  // namespace plimsoll::server
