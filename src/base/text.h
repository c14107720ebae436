#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plimsoll {

// `text` made safe to print on a terminal or in a log: control characters (C0, DEL, C1), bidirectional overrides and
// bytes that are not UTF-8 become \xNN or \u{NNNN}; longer than `limit` bytes is cut with "...".
std::string printable(std::string_view text, size_t limit = 4096);

// True for a well-formed UTF-8 string (no overlongs, no surrogates).
bool is_utf8(std::string_view text);

std::string_view trim(std::string_view text);                                // ASCII blanks off both ends
std::vector<std::string_view> split(std::string_view text, char separator);  // "a::b" -> {"a","","b"}; "" -> {""}
std::vector<std::string_view> split_words(std::string_view text);            // by runs of ASCII blanks, none empty
std::string lower(std::string_view text);                                    // ASCII only
std::string join(const std::vector<std::string>& parts, std::string_view separator);

// What was read, or nothing. The view is into it: of a value that is about to go it cannot be had.
inline std::string_view text_or_none(const Result<std::string>& text) {
  return text.ok() ? std::string_view(*text) : std::string_view();
}
std::string_view text_or_none(Result<std::string>&&) = delete;

// The whole of `text` as a number, else nothing: no sign, no blanks, no overflow.
std::optional<uint64_t> parse_uint(std::string_view text, int base = 10);

// The number of terminal columns of a printable UTF-8 string: one per code point (wide East Asian ones count two).
size_t columns_of(std::string_view text);

}  // namespace plimsoll
