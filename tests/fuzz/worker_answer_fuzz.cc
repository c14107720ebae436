// Bytes that claim to be a worker's answer: as they are, and as a sequence of frames whose checksums fit.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "system/sandbox/frames.h"

using namespace plimsoll;
using namespace plimsoll::system::sandbox;

namespace {

void read(std::string_view bytes, size_t step) {
  constexpr size_t bound = 4096;
  AnswerReader reader(bound);
  for (size_t at = 0; at < bytes.size(); at += step) {
    if (!reader.take(bytes.substr(at, step)).ok()) break;
  }
  const auto result = reader.result();
  if (result.ok() && (!reader.finished() || result->size() > bound)) std::abort();
}

// Each frame: one byte of type, one of length, the payload.
std::string framed(std::string_view bytes) {
  std::string out;
  while (bytes.size() >= 2) {
    const auto type = static_cast<FrameType>(static_cast<unsigned char>(bytes[0]));
    const std::string_view payload = bytes.substr(2, static_cast<unsigned char>(bytes[1]));
    out += frame(type, payload);
    bytes.remove_prefix(2 + payload.size());
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read(bytes, size + 1);
  read(bytes, 7);
  read(framed(bytes), size + 1);
  return 0;
}
