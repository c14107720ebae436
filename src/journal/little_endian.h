#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace plimsoll::journal {

// Appends the low `bytes` bytes of `number`, lowest first.
inline void append_le(std::string& out, uint64_t number, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) out += static_cast<char>(number >> (8 * i));
}

}  // namespace plimsoll::journal
