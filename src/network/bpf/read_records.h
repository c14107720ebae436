#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "network/bpf/records.h"
#include "network/sighting.h"

namespace plimsoll::network::bpf {

// Nanoseconds of the kernel's clock to times of day: `utc_minus_monotonic` is what to add.
struct KernelClock {
  std::chrono::nanoseconds utc_minus_monotonic{};
  static KernelClock now();
  Time time(uint64_t nanoseconds) const;
};

// What one record of the ring tells: at most one of the two.
struct TcpNews {
  std::optional<Sighting> sighting;
  std::optional<ListenerSeen> listener;
};

// malformed records (of a size or kind that is not ours) give neither.
TcpNews read_tcp_record(std::string_view record, const KernelClock& clock);

// `maker`: who made the socket, where known.
Sighting read_udp_conversation(const plimsoll_udp_key& key, const plimsoll_udp_value& value,
                               const plimsoll_maker* maker, const KernelClock& clock);

}  // namespace plimsoll::network::bpf
