#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace plimsoll::network {

struct HeaderField {
  std::string name, value;
};

// HPACK's decoder (RFC 7541): header blocks of one direction of an HTTP/2 connection, in their order. Bounded: 256
// fields, 64 KiB of them, 64 KiB of dynamic table.
class Hpack {
 public:
  // Nothing when the block breaks the format or a bound; later blocks cannot be read then.
  std::optional<std::vector<HeaderField>> decode(std::string_view block);

 private:
  static std::optional<uint64_t> integer(ByteReader& reader, uint8_t first, int bits);
  static std::optional<std::string> text(ByteReader& reader);
  std::optional<HeaderField> indexed(uint64_t index) const;
  void shrink(size_t bytes);
  void remember(const HeaderField& field);

  std::deque<HeaderField> dynamic_;  // the newest first
  size_t capacity_ = 4096, used_ = 0;
};

// HPACK's Huffman code; nothing when the bytes are none.
std::optional<std::string> huffman_decode(std::string_view packed);

}  // namespace plimsoll::network
