// Any bytes as a capture file: every packet told lies within the file, and reading comes to an end.
#include <algorithm>
#include <cstring>

#include "network/capture/file.h"

using namespace plimsoll;
using namespace plimsoll::network;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  size_t at = 0;
  auto file = CaptureFile::open(
      [&](uint8_t* buffer, size_t capacity) -> Result<size_t> {
        const size_t count = std::min({capacity, size - at, size_t{100}});
        std::memcpy(buffer, data + at, count);
        at += count;
        return count;
      },
      "fuzz");
  if (!file.ok()) return 0;
  Packet packet;
  for (size_t packets = 0;; ++packets) {
    const auto more = file->next(packet);
    if (!more.ok() || !*more) break;
    if (packets > size || packet.bytes.size() > size || packet.original_length < packet.bytes.size()) __builtin_trap();
    unsigned sum = 0;
    for (const uint8_t byte : packet.bytes) sum += byte;
    if (sum == 1 && packet.at < Time{}) __builtin_trap();
  }
  return 0;
}
