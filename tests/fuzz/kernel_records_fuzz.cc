// Bytes that claim to come from our programs in the kernel: never a crash; what they tell has a side and two ports.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "network/bpf/read_records.h"

using namespace plimsoll::network;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const bpf::KernelClock clock{};
  const bpf::TcpNews news = bpf::read_tcp_record({reinterpret_cast<const char*>(data), size}, clock);
  if (news.sighting && news.listener) std::abort();
  if (news.sighting && (news.sighting->side == Side::way || news.sighting->flow.key.client.port == 0 ||
                        news.sighting->flow.key.server.port == 0))
    std::abort();
  if (news.listener && news.listener->owner.process.size() > 15) std::abort();
  plimsoll_udp_key key{};
  plimsoll_udp_value value{};
  plimsoll_maker maker{};
  const auto fill = [&](auto& to) {
    const size_t part = std::min(size, sizeof to);
    if (part > 0) std::memcpy(&to, data, part);
    data += part;
    size -= part;
  };
  fill(key);
  fill(value);
  fill(maker);
  const Sighting sighting = bpf::read_udp_conversation(key, value, &maker, clock);
  if (sighting.side == Side::way || sighting.flow.first_seen < Time{}) std::abort();
  return 0;
}
