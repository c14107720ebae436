#include "report/page.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace plimsoll::report {
namespace {

// Select Graphic Rendition, ECMA-48 8.3.117.
std::string_view code_of(Style style) {
  constexpr std::array<std::string_view, 9> codes{"", "1", "2", "32", "36", "33", "31", "1;31", "35"};
  return codes[static_cast<size_t>(style)];
}

size_t length_of_first(std::string_view utf8) {
  size_t n = 1;
  while (n < utf8.size() && (static_cast<unsigned char>(utf8[n]) & 0xC0) == 0x80) ++n;
  return n;
}

// The longest front of printable text that fits.
std::string_view front(std::string_view text, size_t columns) {
  size_t bytes = 0, used = 0;
  while (bytes < text.size()) {
    const size_t length = length_of_first(text.substr(bytes));
    used += columns_of(text.substr(bytes, length));
    if (used > columns) break;
    bytes += length;
  }
  return text.substr(0, bytes);
}

}  // namespace

Style style_of(ThreatLevel level) {
  constexpr std::array<Style, 5> styles{Style::good, Style::low, Style::medium, Style::high, Style::critical};
  return styles[static_cast<size_t>(level)];
}

Style style_of(SeverityLevel level) {
  constexpr std::array<Style, 5> styles{Style::doubt, Style::low, Style::medium, Style::high, Style::critical};
  return styles[static_cast<size_t>(level)];
}

std::string cut(std::string_view text, size_t columns) {
  // A column holds at most four bytes; what lies far beyond need not be looked at.
  const std::string safe = printable(text, columns * 4 + 16);
  if (columns_of(safe) <= columns) return safe;
  if (columns < 6) return std::string(front(safe, columns));
  return std::string(front(safe, columns - 2)) + "..";
}

std::string left(std::string_view text, size_t columns) {
  std::string out = cut(text, columns);
  out.append(columns - std::min(columns, columns_of(out)), ' ');
  return out;
}

std::string right(std::string_view text, size_t columns) {
  const std::string out = cut(text, columns);
  return std::string(columns - std::min(columns, columns_of(out)), ' ') + out;
}

void Page::line(const std::vector<Span>& spans) {
  size_t room = columns_;
  std::string line;
  size_t visible_end = 0;  // blanks at the end of a line are not written
  for (const Span& span : spans) {
    const std::string text = cut(span.text, room);
    room -= std::min(room, columns_of(text));
    const std::string_view code = colour_ ? code_of(span.style) : std::string_view{};
    if (!code.empty() && !text.empty()) line += "\x1b[" + std::string(code) + "m";
    line += text;
    if (!code.empty() && !text.empty()) line += "\x1b[0m";
    if (text.find_first_not_of(' ') != std::string::npos) {
      visible_end = code.empty() ? line.find_last_not_of(' ') + 1 : line.size();
    }
  }
  out_ += line.substr(0, visible_end) + "\n";
}

void Page::paragraph(std::string_view first, std::string_view text, size_t indent, Style style) {
  const std::string safe = printable(text, 20000);
  indent = std::min(indent, columns_ / 2);
  std::string at(cut(first, columns_ / 2));
  std::string current;
  bool written = false;
  const auto flush = [&] {
    written = true;
    line({{at}, {current, style}});
    at = std::string(indent, ' ');
    current.clear();
  };
  for (const std::string_view whole : split_words(safe)) {
    std::string_view word = whole;
    const size_t used = columns_of(at) + columns_of(current) + (current.empty() ? 0 : 1);
    if (!current.empty() && used + columns_of(word) > columns_) flush();
    while (columns_of(at) + columns_of(word) > columns_) {
      const size_t room = columns_ - std::min(columns_, columns_of(at));
      std::string_view piece = front(word, room);
      if (piece.empty()) piece = word.substr(0, length_of_first(word));
      current = std::string(piece);
      word.remove_prefix(piece.size());
      flush();
    }
    if (word.empty()) continue;
    if (!current.empty()) current += ' ';
    current += word;
  }
  if (!current.empty() || !written) flush();
}

}  // namespace plimsoll::report
