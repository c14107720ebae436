#include "network/detect/h2_frames.h"

#include <algorithm>

#include "base/bytes.h"

namespace plimsoll::network {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr size_t kHead = 9, kKept = 16 * 1024;

H2Frame frame_of(std::string_view bytes) {
  ByteReader in(bytes);
  const uint32_t high = in.u8().value_or(0), low = in.u16be().value_or(0);
  H2Frame frame;
  frame.length = (high << 16) | low;
  frame.type = in.u8().value_or(0);
  in.skip(1);
  frame.stream = in.u32be().value_or(0) & 0x7FFFFFFF;
  return frame;
}

}  // namespace

std::vector<H2Frame> H2Frames::feed(std::string_view bytes) {
  std::vector<H2Frame> out;
  while (!broken_ && !bytes.empty()) {
    if (skip_ > 0) {
      const size_t passed = static_cast<size_t>(std::min<uint64_t>(skip_, bytes.size()));
      skip_ -= passed;
      bytes.remove_prefix(passed);
      continue;
    }
    const H2Frame head = buffer_.size() >= kHead ? frame_of(buffer_) : H2Frame{};
    const size_t kept = std::min<size_t>(head.length, kKept);
    const size_t wanted = preface_ ? kPreface.size() : buffer_.size() < kHead ? kHead : kHead + kept;
    const size_t taken = std::min(wanted - buffer_.size(), bytes.size());
    buffer_.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    if (preface_) {
      broken_ = kPreface.compare(0, buffer_.size(), buffer_) != 0;
      if (buffer_.size() == kPreface.size()) {
        preface_ = false;
        buffer_.clear();
      }
      continue;
    }
    if (buffer_.size() < kHead) continue;
    H2Frame frame = frame_of(buffer_);
    const size_t size = kHead + std::min<size_t>(frame.length, kKept);
    if (buffer_.size() < size) continue;
    frame.payload = buffer_.substr(kHead);
    skip_ = frame.length - frame.payload.size();
    buffer_.clear();
    out.push_back(std::move(frame));
  }
  return out;
}

}  // namespace plimsoll::network
