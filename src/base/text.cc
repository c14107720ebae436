#include "base/text.h"

#include <charconv>
#include <cstdio>

namespace plimsoll {
namespace {

struct Point {
  uint32_t code;  // UINT32_MAX: not UTF-8
  size_t length;
};

// Decodes the code point at the front of `text` (not empty). RFC 3629.
Point decode(std::string_view text) {
  constexpr Point bad{UINT32_MAX, 1};
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return bad;
  uint32_t code = lead & (0xFFu >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return bad;
    code = (code << 6) | (byte(i) & 0x3Fu);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return overlong || surrogate || code > 0x10FFFF ? bad : Point{code, length};
}

bool is_unsafe(uint32_t code) {
  const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
  const bool bidi = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0x200E ||
                    code == 0x200F || code == 0x061C;
  const bool separator = code == 0x2028 || code == 0x2029 || code == 0xFEFF;
  return control || bidi || separator;
}

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

std::string printable(std::string_view text, size_t limit) {
  std::string out;
  out.reserve(std::min(text.size(), limit));
  char escape[16];
  while (!text.empty()) {
    if (out.size() >= limit) return out + "...";
    const Point point = decode(text);
    if (point.code == UINT32_MAX || (point.code < 0x80 && is_unsafe(point.code))) {
      std::snprintf(escape, sizeof escape, "\\x%02X", static_cast<unsigned char>(text[0]));
      out += escape;
    } else if (is_unsafe(point.code)) {
      std::snprintf(escape, sizeof escape, "\\u{%04X}", point.code);
      out += escape;
    } else {
      out += text.substr(0, point.length);
    }
    text.remove_prefix(point.length);
  }
  return out;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const Point point = decode(text);
    if (point.code == UINT32_MAX) return false;
    text.remove_prefix(point.length);
  }
  return true;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  size_t i = 0;
  while (i < text.size()) {
    while (i < text.size() && is_blank(text[i])) ++i;
    const size_t start = i;
    while (i < text.size() && !is_blank(text[i])) ++i;
    if (i > start) words.push_back(text.substr(start, i - start));
  }
  return words;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const std::string& part : parts) {
    if (&part != &parts.front()) out += separator;
    out += part;
  }
  return out;
}

std::optional<uint64_t> parse_uint(std::string_view text, int base) {
  uint64_t value = 0;
  if (text.empty() || text.front() == '+' || text.front() == '-') return std::nullopt;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

size_t columns_of(std::string_view text) {
  size_t columns = 0;
  while (!text.empty()) {
    const Point point = decode(text);
    const bool wide =
        point.code != UINT32_MAX &&
        ((point.code >= 0x1100 && point.code <= 0x115F) || (point.code >= 0x2E80 && point.code <= 0xA4CF) ||
         (point.code >= 0xAC00 && point.code <= 0xD7A3) || (point.code >= 0xF900 && point.code <= 0xFAFF) ||
         (point.code >= 0xFE30 && point.code <= 0xFE6F) || (point.code >= 0xFF00 && point.code <= 0xFF60) ||
         (point.code >= 0x1F300 && point.code <= 0x1FAFF));
    columns += wide ? 2 : 1;
    text.remove_prefix(point.length);
  }
  return columns;
}

}  // namespace plimsoll
