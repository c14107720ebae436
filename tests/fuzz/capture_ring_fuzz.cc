// Bytes that claim to be a block of a packet ring: no packet reaches beyond the block.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "network/capture/ring.h"

using namespace plimsoll::network;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<uint8_t> block(data, data + size);  // so that a sanitizer sees its end
  uint64_t sum = 0;
  const size_t count = read_block(block, [&](const Packet& packet) {
    for (const uint8_t byte : packet.bytes) sum += byte;
    if (!packet.bytes.empty() &&
        (packet.bytes.data() < block.data() || packet.bytes.data() + packet.bytes.size() > block.data() + block.size()))
      std::abort();
  });
  return count > size ? 1 : static_cast<int>(sum & 0);
}
