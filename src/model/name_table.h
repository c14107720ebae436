#pragma once
#include <array>
#include <optional>
#include <string_view>

namespace plimsoll {

// The spellings of an enumeration's values, in their order, and the way back.
template <class Enum, size_t N>
struct NameTable {
  std::array<std::string_view, N> rows;
  std::string_view of(Enum v) const { return rows.at(static_cast<size_t>(v)); }
  std::optional<Enum> parse(std::string_view text) const {
    for (size_t i = 0; i < N; ++i) {
      if (rows[i] == text) return static_cast<Enum>(i);
    }
    return std::nullopt;
  }
};

}  // namespace plimsoll
