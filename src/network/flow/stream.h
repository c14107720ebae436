#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "network/packet/decode.h"

namespace plimsoll::network {

// The memory that all streams of a sensor share.
struct StreamBudget {
  size_t limit = 32u << 20, used = 0;
  uint64_t lost = 0;  // segments that a bound, or a gap, kept from being looked into
};

// The first bytes of one direction of a TCP connection, put in order: each byte once, whatever order, duplicates and
// overlaps the segments came in. Of bytes that come twice with different contents those stay that were in order first;
// of those not yet in order a segment that begins earlier wins (as Linux does). Stops at a gap that a bound makes
// final: bytes behind it are never joined to those before it.
class Stream {
 public:
  ~Stream() = default;

  // The sequence number of the first byte. Later calls move it while nothing was delivered.
  void begin(uint32_t first_sequence);
  bool begun() const { return begun_; }
  // Whether more bytes can come of it.
  bool open() const { return open_; }
  uint64_t delivered() const { return delivered_; }

  // Takes a segment. Calls deliver(bytes) for what is in order now, in pieces. `whole_length`: on the wire; a segment
  // cut by the capture leaves a gap behind it.
  template <class Deliver>
  void add(uint32_t sequence, std::string_view bytes, uint32_t whole_length, size_t head_bytes, StreamBudget& budget,
           Deliver&& deliver);

  // The other side acknowledged up to `sequence`: what is still missing below it was not captured. Gives up on it after
  // a second.
  void acknowledged(uint32_t sequence, Time at, StreamBudget& budget);

  // No more is wanted, or the flow leaves: gives its memory back.
  void close(StreamBudget& budget);

 private:
  struct Held {
    std::map<uint32_t, std::string> by_offset;  // apart from each other: neither overlapping nor touching
    size_t bytes = 0;
  };

  bool hold(uint32_t offset, std::string_view bytes, StreamBudget& budget);
  std::string next_held(StreamBudget& budget);
  void give_up(StreamBudget& budget);

  uint32_t first_ = 0;
  uint32_t delivered_ = 0;
  bool begun_ = false, open_ = true;
  Time gap_since_{};
  std::unique_ptr<Held> held_;
};

template <class Deliver>
void Stream::add(uint32_t sequence, std::string_view bytes, uint32_t whole_length, size_t head_bytes,
                 StreamBudget& budget, Deliver&& deliver) {
  if (!open_) return;
  if (!begun_) begin(sequence);
  const auto offset = static_cast<int32_t>(sequence - first_);
  const bool cut = bytes.size() < whole_length;
  if (offset < 0) {
    const auto before = static_cast<uint32_t>(-static_cast<int64_t>(offset));
    if (before >= bytes.size()) return;
    bytes.remove_prefix(before);
  }
  auto at = static_cast<uint32_t>(offset < 0 ? 0 : offset);
  if (at >= head_bytes) return;
  bytes = bytes.substr(0, head_bytes - at);
  if (at + bytes.size() <= delivered_) return;
  if (at > delivered_) {
    if (!hold(at, bytes, budget)) give_up(budget);
    return;
  }
  bytes.remove_prefix(delivered_ - at);
  delivered_ += static_cast<uint32_t>(bytes.size());
  deliver(bytes);
  for (std::string held = next_held(budget); !held.empty(); held = next_held(budget)) {
    delivered_ += static_cast<uint32_t>(held.size());
    deliver(std::string_view(held));
  }
  if (delivered_ >= head_bytes)
    close(budget);
  else if (cut && !held_)
    give_up(budget);
}

}  // namespace plimsoll::network
