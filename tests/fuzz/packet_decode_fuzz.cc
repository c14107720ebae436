// Any bytes as packets on each kind of link, and as fragments: what is told lies within the packet.
#include <functional>

#include "network/packet/decode.h"
#include "network/packet/defragment.h"

using namespace plimsoll::network;

namespace {

void check(const Decoded& decoded, Bytes within) {
  const std::less_equal<const uint8_t*> before;
  for (const Bytes part : {decoded.ip, decoded.payload}) {
    if (part.empty()) continue;
    if (!before(within.data(), part.data()) || !before(part.data() + part.size(), within.data() + within.size()))
      __builtin_trap();
  }
  const bool whole = decoded.kind == PacketKind::tcp || decoded.kind == PacketKind::udp;
  if (whole && decoded.payload.size() > decoded.payload_length) __builtin_trap();
}

}  // namespace

// Packets, each after two bytes of length.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Defragmenter defragmenter({16, 8, 64u << 10, std::chrono::seconds(30)});
  Bytes rest(data, size);
  Time at{};
  while (rest.size() > 3) {
    const size_t length = std::min<size_t>(rest.size() - 3, rest[0] << 8 | rest[1]);
    const auto link = static_cast<LinkType>(rest[2] % 5);
    const Packet packet{at, link, rest.subspan(3, length), static_cast<uint32_t>(length + (rest[2] >> 3))};
    const Decoded decoded = decode(packet);
    check(decoded, packet.bytes);
    Decoded quoted;
    if (decoded.kind == PacketKind::icmp && quoted_by_icmp(decoded, quoted)) check(quoted, packet.bytes);
    if (decoded.kind == PacketKind::fragment) {
      const auto whole = defragmenter.add(decoded, at);
      if (whole) check(*whole, whole->ip);
      if (defragmenter.held_bytes() > (64u << 10)) __builtin_trap();
    }
    rest = rest.subspan(3 + length);
    at += std::chrono::milliseconds(500);
  }
  return 0;
}
