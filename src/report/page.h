#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/assessment.h"
#include "model/threat.h"

namespace plimsoll::report {

enum class Style { plain, bold, dim, good, low, medium, high, critical, doubt };

struct Span {
  std::string text;
  Style style = Style::plain;
};

Style style_of(ThreatLevel level);
Style style_of(SeverityLevel level);

// `text`, printable, cut to at most `columns` terminal columns; ".." shows the cut where there is room for it.
std::string cut(std::string_view text, size_t columns);
// The same, filled up with blanks to exactly `columns`.
std::string left(std::string_view text, size_t columns);
std::string right(std::string_view text, size_t columns);

// Lines of text for a terminal. Whatever it is given, no line is wider than `columns` and no byte of a stranger
// reaches the terminal as a control: this is the one place that writes terminal codes.
class Page {
 public:
  Page(size_t columns, bool colour) : columns_(columns == 0 ? 80 : columns), colour_(colour) {}

  size_t columns() const { return columns_; }
  void line(const std::vector<Span>& spans);
  void line(std::string_view text, Style style = Style::plain) { line({{std::string(text), style}}); }
  void blank() { out_ += '\n'; }
  // Breaks `text` between words; the lines after the first begin with `indent` blanks more than the first, which
  // begins with `first`.
  void paragraph(std::string_view first, std::string_view text, size_t indent, Style style = Style::plain);
  std::string take() { return std::move(out_); }

 private:
  size_t columns_;
  bool colour_;
  std::string out_;
};

}  // namespace plimsoll::report
