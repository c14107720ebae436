#pragma once
#include <compare>
#include <string_view>

// Runs of characters, and how runs compare: what every scheme's file is written in. ASCII only, whatever the locale.
namespace plimsoll::version {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_alpha(char c) { return is_lower(c) || is_upper(c); }
constexpr bool is_alnum(char c) { return is_digit(c) || is_alpha(c); }
constexpr char to_lower(char c) { return is_upper(c) ? static_cast<char>(c + ('a' - 'A')) : c; }

// Takes the longest run of characters that satisfy `wanted` off the front of `text`; may be empty.
template <class Predicate>
constexpr std::string_view take_run(std::string_view& text, Predicate wanted) {
  size_t n = 0;
  while (n < text.size() && wanted(text[n])) ++n;
  const std::string_view run = text.substr(0, n);
  text.remove_prefix(n);
  return run;
}
constexpr std::string_view take_digits(std::string_view& text) { return take_run(text, is_digit); }

// Takes one character off the front when it is one of `set`.
constexpr bool take_one_of(std::string_view& text, std::string_view set) {
  if (text.empty() || set.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// Takes `word` (lower case) off the front, whatever the case in `text`.
constexpr bool take_word(std::string_view& text, std::string_view word) {
  if (text.size() < word.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if (to_lower(text[i]) != word[i]) return false;
  }
  text.remove_prefix(word.size());
  return true;
}

constexpr std::string_view without_leading_zeros(std::string_view digits) {
  while (!digits.empty() && digits.front() == '0') digits.remove_prefix(1);
  return digits;
}

// Two texts by their bytes; a prefix comes first.
constexpr std::weak_ordering compare_text(std::string_view a, std::string_view b) { return a.compare(b) <=> 0; }

// Two texts by their bytes, ASCII case ignored.
constexpr std::weak_ordering compare_text_caseless(std::string_view a, std::string_view b) {
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) {
    const auto x = static_cast<unsigned char>(to_lower(a[i])), y = static_cast<unsigned char>(to_lower(b[i]));
    if (x != y) return x <=> y;
  }
  return a.size() <=> b.size();
}

// Two runs of digits by their value, of any length; an empty run is zero.
constexpr std::weak_ordering compare_numbers(std::string_view a, std::string_view b) {
  a = without_leading_zeros(a);
  b = without_leading_zeros(b);
  if (a.size() != b.size()) return a.size() <=> b.size();
  return compare_text(a, b);
}

}  // namespace plimsoll::version
