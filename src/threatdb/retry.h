#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace plimsoll::threatdb {

using Milliseconds = std::chrono::milliseconds;

// How long to wait before attempt number `attempt` (from 1: the second try): `first`, doubled each time, at most a
// minute, plus a jitter of up to half of it; `luck` is from 0 to 1. A server's own wish counts when it is longer.
Milliseconds wait_before(int attempt, Milliseconds first, double luck, std::optional<Milliseconds> server_wish);

// Answers after which the same request may work later: 408, 425, 429 and 5xx but 501 and 505 (RFC 9110, RFC 6585).
bool is_passing(long http_status);

// "bytes 100-199/200" of a 206 answer (RFC 9110 section 14.4): where its bytes begin, and how long the whole is
// (nothing for "*").
struct ContentRange {
  uint64_t first = 0;
  std::optional<uint64_t> whole;
  bool operator==(const ContentRange&) const = default;
};
std::optional<ContentRange> parse_content_range(std::string_view text);

}  // namespace plimsoll::threatdb
