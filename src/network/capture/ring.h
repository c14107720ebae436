#pragma once
#include <cstdint>
#include <functional>
#include <span>

#include "base/result.h"
#include "network/sensor.h"
#include "system/descriptor.h"

namespace plimsoll::network {

struct RingShape {
  uint32_t block_bytes =
      128 << 10;  // holds the largest frame that a virtual cable carries unsegmented, 64 KiB and more
  uint32_t blocks = 4;
};

// A packet socket of the network namespace that the caller stands in (packet(7)), filling a ring of the kernel's
// (TPACKET_V3) with every IPv4 and IPv6 packet of its interfaces. Sees nothing yet: bind_ring() begins.
Result<system::Descriptor> open_ring(const RingShape& shape);
// `interface`: its index; 0: all that there are.
Status bind_ring(int ring, uint32_t interface);

struct RingCounts {
  uint64_t seen = 0;     // packets
  uint64_t dropped = 0;  // of them, because the ring was full
};
// Since the last time it was asked.
RingCounts take_ring_counts(int ring);

// The other side of a ring: in a process that need not have made it.
class RingReader {
 public:
  static Result<RingReader> map(system::Descriptor ring, const RingShape& shape);
  ~RingReader();
  RingReader(RingReader&& other) noexcept;
  RingReader& operator=(RingReader&&) = delete;

  int descriptor() const { return ring_.get(); }
  // Hands on the packets of at most `most_blocks` full blocks and gives those back to the kernel; how many packets.
  size_t take(size_t most_blocks, const std::function<void(const Packet&)>& sink);

 private:
  RingReader(system::Descriptor ring, uint8_t* memory, const RingShape& shape)
      : ring_(std::move(ring)), memory_(memory), shape_(shape) {}

  system::Descriptor ring_;
  uint8_t* memory_;
  RingShape shape_;
  uint32_t next_ = 0;  // block
};

// Pure: the packets of one block (struct tpacket_block_desc), which may be damaged: what does not lie within the block
// is left out. Copies of packets that a loopback device sends to itself are told once.
size_t read_block(std::span<const uint8_t> block, const std::function<void(const Packet&)>& sink);

}  // namespace plimsoll::network
