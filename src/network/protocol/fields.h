#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "network/protocol/recogniser.h"

namespace plimsoll::network {

// Whether `text` begins with `start`, as far as both go.
inline bool agrees(std::string_view text, std::string_view start) {
  const size_t both = std::min(text.size(), start.size());
  return text.substr(0, both) == start.substr(0, both);
}

// For protocols whose first bytes are always the same: no, more (all that came agrees) or likely (all came).
inline Verdict begins_with(std::string_view head, std::string_view start) {
  if (!agrees(head, start)) return Verdict::no;
  return head.size() < start.size() ? Verdict::more : Verdict::likely;
}

// Numbers at a place of a head; nothing where it does not reach.
inline std::optional<uint64_t> number_at(std::string_view bytes, size_t at, size_t width, bool big_endian) {
  if (bytes.size() < width || at > bytes.size() - width) return std::nullopt;
  uint64_t value = 0;
  for (size_t i = 0; i < width; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[big_endian ? at + i : at + width - 1 - i]);
    value = value << 8 | byte;
  }
  return value;
}
inline std::optional<uint64_t> be(std::string_view bytes, size_t at, size_t width) {
  return number_at(bytes, at, width, true);
}
inline std::optional<uint64_t> le(std::string_view bytes, size_t at, size_t width) {
  return number_at(bytes, at, width, false);
}
// One byte as a number; 0 past the end.
inline uint8_t u8(std::string_view bytes, size_t at) {
  return at < bytes.size() ? static_cast<uint8_t>(bytes[at]) : uint8_t{0};
}

// Whether all of `text` is printable ASCII.
inline bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// Up to the end of the first line, without CR LF; nothing when it has not ended.
inline std::optional<std::string_view> first_line(std::string_view text) {
  const size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  return line.substr(0, line.size() - (line.ends_with('\r') ? 1 : 0));
}

// What follows `mark` in `text` up to any of `ends`, at most 64 bytes; empty when it is not there.
inline std::string_view between(std::string_view text, std::string_view mark, std::string_view ends) {
  const size_t at = text.find(mark);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + mark.size());
  const size_t length = rest.find_first_of(ends);
  return length == std::string_view::npos || length > 64 ? std::string_view{} : rest.substr(0, length);
}

}  // namespace plimsoll::network
