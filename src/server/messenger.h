#pragma once
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "journal/journal.h"
#include "notify/outbox.h"
#include "notify/settings.h"
#include "server/courier_link.h"
#include "server/event_source.h"

namespace plimsoll::server {

// Sees that what is to be told arrives: takes messages from the outbox and events from the journal, hands them to the
// courier, one at a time for each receiver and each stream, and tries again until they have arrived. Two threads of its
// own; nobody who posts waits for a receiver.
class Messenger {
 public:
  struct Ground {
    journal::Journal& journal;
    const notify::Settings& settings;
    notify::Outbox& outbox;
    std::string host;  // this machine's name
  };
  // All of `ground` outlives it.
  Messenger(Ground ground, system::Descriptor control);
  ~Messenger();
  Messenger(const Messenger&) = delete;
  Messenger& operator=(const Messenger&) = delete;

  // On disk when it returns; see Outbox::post(). not_found: there is no receiver of a name.
  Result<std::string> post(const std::vector<std::string>& receivers, notify::Message message);
  // Sends a message now, past the outbox, and waits for what comes of it. not_found: no such receiver.
  Result<notify::Outcome> test(const std::string& receiver);
  // The journal has more: for its on_events().
  void events_added();

  // How it goes with one receiver, or one stream.
  struct State {
    std::string receiver, stream;          // stream: empty of the receiver itself
    size_t waiting = 0;                    // messages; of a stream: events behind the last one that arrived
    uint64_t delivered = 0, given_up = 0;  // since the start
    unsigned failures = 0;                 // in a row
    std::string fault;                     // of the last attempt; empty: it arrived
    Instant last_delivered{}, failing_since{};
  };
  std::vector<State> states() const;
  CourierLink& link() { return link_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Lane {
    State state;
    std::optional<EventSource> source;  // of a stream
    Clock::time_point next_try{}, sent_at{};
    uint64_t attempt = 0;  // tells answers of one that was given up waiting for
    bool in_flight = false, told = false, more = true;
    unsigned refusals = 0;
    std::string file;              // what is under way: of the outbox
    notify::Message message;       // likewise, without its attachment
    journal::Sequence cursor = 0;  // where the stream is once it has arrived
  };
  struct Arrived {
    size_t lane;
    uint64_t attempt;
    notify::Outcome outcome;
  };

  void live();
  void start_lanes();
  void look_after(size_t index);
  std::optional<notify::Message> next_message(Lane& lane);
  void send(size_t index, const notify::Message& message);
  void take(const Arrived& arrived);
  void succeed(Lane& lane);
  void fail(Lane& lane, const notify::Outcome& outcome);
  void give_up(Lane& lane, const std::string& why);
  void tell(const std::string& kind, const Lane& lane, const std::string& why);

  Ground ground_;
  std::vector<Lane> lanes_;  // of the thread alone
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<State> shown_;                             // guarded by mutex_
  std::deque<Arrived> arrived_;                          // guarded by mutex_
  bool ending_ = false, posted_ = true, events_ = true;  // guarded by mutex_
  CourierLink link_;
  std::thread thread_;  // last
};

}  // namespace plimsoll::server
