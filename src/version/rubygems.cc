// RubyGems versions: Gem::Version of rubygems 3.
#include <vector>

#include "base/text.h"
#include "version/schemes.h"
#include "version/text_run.h"

namespace plimsoll::version {
namespace {

using Segments = std::vector<std::string_view>;  // runs of digits and of letters

bool is_number(std::string_view segment) { return is_digit(segment.front()); }

// Zeros at the end of the numbers and at the end of the whole say nothing: 1.0.a is 1.a, 1.a.0 is 1.a.
void drop_zeros(Segments& segments) {
  while (!segments.empty() && is_number(segments.back()) && without_leading_zeros(segments.back()).empty()) {
    segments.pop_back();
  }
}

// A hyphen stands for ".pre.".
void append_segments(std::string_view text, Segments& numbers, Segments& words) {
  while (!text.empty()) {
    const char c = text.front();
    const bool hyphen = c == '-';
    const std::string_view run = is_digit(c) ? take_digits(text) : take_run(text, is_alpha);
    if (run.empty()) text.remove_prefix(1);
    const std::string_view segment = hyphen ? "pre" : run;
    if (segment.empty()) continue;
    (words.empty() && is_number(segment) ? numbers : words).push_back(segment);
  }
}

bool fits_grammar(std::string_view text) {
  if (take_digits(text).empty()) return false;
  while (take_one_of(text, ".")) {
    if (take_run(text, is_alnum).empty()) return false;
  }
  if (text.empty()) return true;
  const auto in_tail = [](char c) { return is_alnum(c) || c == '-'; };
  if (!take_one_of(text, "-") || take_run(text, in_tail).empty()) return false;
  while (take_one_of(text, ".")) {
    if (take_run(text, in_tail).empty()) return false;
  }
  return text.empty();
}

std::optional<Segments> parse(std::string_view text) {
  text = trim(text);
  if (!fits_grammar(text)) return std::nullopt;
  Segments numbers, words;
  append_segments(text, numbers, words);
  drop_zeros(numbers);
  drop_zeros(words);
  numbers.insert(numbers.end(), words.begin(), words.end());
  return numbers;
}

}  // namespace

bool is_valid_rubygems(std::string_view version) { return fits_grammar(trim(version)); }

Order compare_rubygems(std::string_view a, std::string_view b) {
  const auto x = parse(a), y = parse(b);
  if (!x || !y) return std::nullopt;
  for (size_t i = 0; i < x->size() || i < y->size(); ++i) {
    const std::string_view p = i < x->size() ? (*x)[i] : "0", q = i < y->size() ? (*y)[i] : "0";
    if (is_number(p) != is_number(q)) return is_number(p) <=> is_number(q);
    if (const auto order = is_number(p) ? compare_numbers(p, q) : compare_text(p, q); order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

}  // namespace plimsoll::version
