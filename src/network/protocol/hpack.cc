#include "network/protocol/hpack.h"

#include <array>

namespace plimsoll::network {
namespace {

constexpr size_t most_table_bytes = 64u << 10, entry_overhead = 32, most_fields = 256, most_bytes = 64u << 10;

struct HeaderView {
  std::string_view name, value;
};

// RFC 7541 appendix A.
constexpr std::array static_table = {
    HeaderView{":authority", ""},
    HeaderView{":method", "GET"},
    HeaderView{":method", "POST"},
    HeaderView{":path", "/"},
    HeaderView{":path", "/index.html"},
    HeaderView{":scheme", "http"},
    HeaderView{":scheme", "https"},
    HeaderView{":status", "200"},
    HeaderView{":status", "204"},
    HeaderView{":status", "206"},
    HeaderView{":status", "304"},
    HeaderView{":status", "400"},
    HeaderView{":status", "404"},
    HeaderView{":status", "500"},
    HeaderView{"accept-charset", ""},
    HeaderView{"accept-encoding", "gzip, deflate"},
    HeaderView{"accept-language", ""},
    HeaderView{"accept-ranges", ""},
    HeaderView{"accept", ""},
    HeaderView{"access-control-allow-origin", ""},
    HeaderView{"age", ""},
    HeaderView{"allow", ""},
    HeaderView{"authorization", ""},
    HeaderView{"cache-control", ""},
    HeaderView{"content-disposition", ""},
    HeaderView{"content-encoding", ""},
    HeaderView{"content-language", ""},
    HeaderView{"content-length", ""},
    HeaderView{"content-location", ""},
    HeaderView{"content-range", ""},
    HeaderView{"content-type", ""},
    HeaderView{"cookie", ""},
    HeaderView{"date", ""},
    HeaderView{"etag", ""},
    HeaderView{"expect", ""},
    HeaderView{"expires", ""},
    HeaderView{"from", ""},
    HeaderView{"host", ""},
    HeaderView{"if-match", ""},
    HeaderView{"if-modified-since", ""},
    HeaderView{"if-none-match", ""},
    HeaderView{"if-range", ""},
    HeaderView{"if-unmodified-since", ""},
    HeaderView{"last-modified", ""},
    HeaderView{"link", ""},
    HeaderView{"location", ""},
    HeaderView{"max-forwards", ""},
    HeaderView{"proxy-authenticate", ""},
    HeaderView{"proxy-authorization", ""},
    HeaderView{"range", ""},
    HeaderView{"referer", ""},
    HeaderView{"refresh", ""},
    HeaderView{"retry-after", ""},
    HeaderView{"server", ""},
    HeaderView{"set-cookie", ""},
    HeaderView{"strict-transport-security", ""},
    HeaderView{"transfer-encoding", ""},
    HeaderView{"user-agent", ""},
    HeaderView{"vary", ""},
    HeaderView{"via", ""},
    HeaderView{"www-authenticate", ""},
};

// RFC 7541 appendix B: the length of each byte's code, in bits, then that of the end mark. The code is canonical:
// ordered by length, then by byte, codes count upwards; so the lengths tell all of it.
constexpr std::array<uint8_t, 257> code_lengths = {
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
    28, 28, 28, 6,  10, 10, 12, 13, 6,  8,  11, 10, 10, 8,  11, 8,  6,  6,  6,  5,  5,  5,  6,  6,  6,  6,  6,  6,  6,
    7,  8,  15, 6,  12, 10, 13, 6,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,
    7,  8,  7,  8,  13, 19, 13, 14, 6,  15, 5,  6,  5,  6,  5,  6,  6,  6,  5,  7,  7,  6,  6,  6,  5,  6,  7,  6,  5,
    5,  6,  7,  7,  7,  7,  7,  15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24,
    24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22,
    23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26,
    27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23,
    22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30};

// For each length: the first code, how many there are, and where their bytes begin in `bytes`.
struct HuffmanTable {
  std::array<uint32_t, 31> first{}, count{}, at{};
  std::array<uint16_t, 257> bytes{};
};

constexpr HuffmanTable huffman_table() {
  HuffmanTable table;
  uint32_t code = 0, at = 0;
  for (uint32_t length = 1; length <= 30; ++length) {
    code <<= 1;
    table.first[length] = code;
    table.at[length] = at;
    for (uint16_t byte = 0; byte < code_lengths.size(); ++byte) {
      if (code_lengths[byte] != length) continue;
      table.bytes[at++] = byte;
      ++code;
      ++table.count[length];
    }
  }
  return table;
}
constexpr HuffmanTable huffman = huffman_table();

}  // namespace

std::optional<std::string> huffman_decode(std::string_view packed) {
  constexpr uint16_t end_mark = 256;
  std::string out;
  uint32_t code = 0, length = 0;
  bool ones = true;  // since the last whole code: padding must be
  for (const char c : packed) {
    for (int bit = 7; bit >= 0; --bit) {
      const uint32_t next = static_cast<unsigned char>(c) >> bit & 1;
      code = code << 1 | next;
      ones = ones && next == 1;
      if (++length > 30) return std::nullopt;
      const uint32_t place = code - huffman.first[length];
      if (code < huffman.first[length] || place >= huffman.count[length]) continue;
      const uint16_t byte = huffman.bytes[huffman.at[length] + place];
      if (byte == end_mark) return std::nullopt;
      out += static_cast<char>(byte);
      code = length = 0;
      ones = true;
    }
  }
  if (length > 7 || !ones) return std::nullopt;
  return out;
}

// An integer with a prefix of `bits` bits (section 5.1).
std::optional<uint64_t> Hpack::integer(ByteReader& reader, uint8_t first, int bits) {
  const auto mask = static_cast<uint8_t>((1 << bits) - 1);
  uint64_t value = first & mask;
  if (value < mask) return value;
  for (int shift = 0; shift <= 21; shift += 7) {
    const auto byte = reader.u8();
    if (!byte) return std::nullopt;
    value += uint64_t{*byte & 0x7fu} << shift;
    if ((*byte & 0x80) == 0) return value;
  }
  return std::nullopt;
}

std::optional<std::string> Hpack::text(ByteReader& reader) {
  const auto first = reader.u8();
  if (!first) return std::nullopt;
  const auto length = integer(reader, *first, 7);
  if (!length || *length > most_bytes) return std::nullopt;
  const auto raw = reader.take(*length);
  if (!raw) return std::nullopt;
  return (*first & 0x80) != 0 ? huffman_decode(*raw) : std::string(*raw);
}

std::optional<HeaderField> Hpack::indexed(uint64_t index) const {
  if (index == 0) return std::nullopt;
  if (index <= static_table.size())
    return HeaderField{std::string(static_table[index - 1].name), std::string(static_table[index - 1].value)};
  index -= static_table.size() + 1;
  if (index >= dynamic_.size()) return std::nullopt;
  return dynamic_[index];
}

void Hpack::shrink(size_t bytes) {
  while (used_ > bytes) {
    used_ -= dynamic_.back().name.size() + dynamic_.back().value.size() + entry_overhead;
    dynamic_.pop_back();
  }
}

void Hpack::remember(const HeaderField& field) {
  const size_t size = field.name.size() + field.value.size() + entry_overhead;
  shrink(size > capacity_ ? 0 : capacity_ - size);
  if (size > capacity_) return;
  dynamic_.push_front(field);
  used_ += size;
}

std::optional<std::vector<HeaderField>> Hpack::decode(std::string_view block) {
  std::vector<HeaderField> out;
  ByteReader reader(block);
  size_t bytes = 0;
  while (reader.remaining() > 0) {
    const uint8_t first = *reader.u8();
    if ((first & 0xe0) == 0x20) {  // a new size of the dynamic table
      const auto size = integer(reader, first, 5);
      if (!size || *size > most_table_bytes) return std::nullopt;
      capacity_ = *size;
      shrink(capacity_);
      continue;
    }
    const bool whole = (first & 0x80) != 0, kept = (first & 0xc0) == 0x40;
    const auto index = integer(reader, first, whole ? 7 : kept ? 6 : 4);
    if (!index) return std::nullopt;
    HeaderField field;
    if (*index != 0) {
      auto known = indexed(*index);
      if (!known) return std::nullopt;
      field = std::move(*known);
    }
    if (!whole) {
      if (*index == 0) {
        auto name = text(reader);
        if (!name) return std::nullopt;
        field.name = std::move(*name);
      }
      auto value = text(reader);
      if (!value) return std::nullopt;
      field.value = std::move(*value);
    } else if (*index == 0) {
      return std::nullopt;
    }
    if (kept) remember(field);
    bytes += field.name.size() + field.value.size();
    if (out.size() >= most_fields || bytes > most_bytes) return std::nullopt;
    out.push_back(std::move(field));
  }
  return out;
}

}  // namespace plimsoll::network
