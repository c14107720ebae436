#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plimsoll::journal {

// Where a page ended: the sort key of its last row, and the row's number, which tells rows of one key apart. As text it
// is hexadecimal digits, a dot, a number.
struct Cursor {
  std::string key;
  int64_t no = 0;
};

std::string to_text(const Cursor& cursor);
// Empty text: nothing, the first page. malformed: not one of ours.
Result<std::optional<Cursor>> parse_cursor(std::string_view text);
// One whose key is a number.
struct NumberCursor {
  int64_t key = 0, no = 0;
};
Result<std::optional<NumberCursor>> parse_number_cursor(std::string_view text);

}  // namespace plimsoll::journal
