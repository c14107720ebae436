#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace plimsoll {

// Reads a foreign byte string front to back; every read is bounds-checked and yields nothing past the end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  size_t position() const { return at_; }
  size_t remaining() const { return bytes_.size() - at_; }
  bool seek(size_t position) {
    if (position > bytes_.size()) return false;
    at_ = position;
    return true;
  }
  bool skip(size_t count) { return count <= remaining() && seek(at_ + count); }

  std::optional<std::string_view> take(size_t count) {
    if (count > remaining()) return std::nullopt;
    const std::string_view out = bytes_.substr(at_, count);
    at_ += count;
    return out;
  }
  std::optional<uint8_t> u8() { return number<uint8_t>(false); }
  std::optional<uint16_t> u16le() { return number<uint16_t>(false); }
  std::optional<uint32_t> u32le() { return number<uint32_t>(false); }
  std::optional<uint64_t> u64le() { return number<uint64_t>(false); }
  std::optional<uint16_t> u16be() { return number<uint16_t>(true); }
  std::optional<uint32_t> u32be() { return number<uint32_t>(true); }
  std::optional<uint64_t> u64be() { return number<uint64_t>(true); }

 private:
  template <class T>
  std::optional<T> number(bool big_endian) {
    const auto raw = take(sizeof(T));
    if (!raw) return std::nullopt;
    T value = 0;
    for (size_t i = 0; i < sizeof(T); ++i) {
      const size_t from = big_endian ? i : sizeof(T) - 1 - i;
      value = static_cast<T>((static_cast<uint64_t>(value) << 8) | static_cast<unsigned char>((*raw)[from]));
    }
    return value;
  }

  std::string_view bytes_;
  size_t at_ = 0;
};

}  // namespace plimsoll
