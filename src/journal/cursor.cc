#include "journal/cursor.h"

#include <charconv>

#include "base/hex.h"
#include "base/text.h"

namespace plimsoll::journal {
namespace {

std::optional<std::string> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (size_t i = 0; i < digits.size(); i += 2) {
    const auto byte = parse_uint(digits.substr(i, 2), 16);
    if (!byte) return std::nullopt;
    out += static_cast<char>(*byte);
  }
  return out;
}

std::optional<int64_t> number_of(std::string_view text) {
  int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Error refused(std::string_view text) {
  return {ErrorKind::malformed, "not a cursor of a page: '" + printable(text, 80) + "'"};
}

}  // namespace

std::string to_text(const Cursor& cursor) { return to_hex(cursor.key) + "." + std::to_string(cursor.no); }

Result<std::optional<Cursor>> parse_cursor(std::string_view text) {
  if (text.empty()) return std::optional<Cursor>();
  const auto parts = split(text, '.');
  if (parts.size() != 2) return refused(text);
  auto key = from_hex(parts[0]);
  const auto no = number_of(parts[1]);
  if (!key || !no) return refused(text);
  return std::optional<Cursor>({*std::move(key), *no});
}

Result<std::optional<NumberCursor>> parse_number_cursor(std::string_view text) {
  PLIMSOLL_TRY(cursor, parse_cursor(text));
  if (!cursor) return std::optional<NumberCursor>();
  const auto key = number_of(cursor->key);
  if (!key) return refused(text);
  return std::optional<NumberCursor>({*key, cursor->no});
}

}  // namespace plimsoll::journal
