// The order for ecosystems that publish none, or whose own we do not have (CRAN, Hackage, Linux, OSS-Fuzz, ...).
//
//   version  = ["v"] run { separator run } ;  run = digits | letters ;  separator = any other visible ASCII
// Runs compare one by one: numbers by value, words without regard to case. At one place
//   pre-release word (dev < alpha < beta < pre < rc) < end < any other word < number
// so 1.0-rc1 < 1.0 < 1.0a < 1.0.0 < 1.0.1. Separators and their number do not matter; 1.0 and 1.0.0 differ, as they do
// in Hackage and CRAN, and 1.0 is the lower.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "version/schemes.h"
#include "version/text_run.h"

namespace plimsoll::version {
namespace {

struct PreRelease {
  std::string_view word;
  int rank;
};
constexpr std::array<PreRelease, 10> pre_releases{{{"dev", -5},
                                                   {"snapshot", -5},
                                                   {"alpha", -4},
                                                   {"beta", -3},
                                                   {"pre", -2},
                                                   {"preview", -2},
                                                   {"prerelease", -2},
                                                   {"milestone", -2},
                                                   {"rc", -1},
                                                   {"cr", -1}}};
constexpr int end = 0, word = 1, number = 2;

int rank_of(std::string_view run) {
  if (run.empty()) return end;
  if (is_digit(run.front())) return number;
  for (const PreRelease& row : pre_releases) {
    if (compare_text_caseless(row.word, run) == 0) return row.rank;
  }
  return word;
}

// The next run, without the separators before it; empty at the end.
std::string_view take(std::string_view& text) {
  take_run(text, [](char c) { return !is_alnum(c); });
  if (text.empty()) return {};
  return is_digit(text.front()) ? take_digits(text) : take_run(text, is_alpha);
}

std::string_view without_v(std::string_view text) {
  if (text.size() > 1 && to_lower(text[0]) == 'v' && is_digit(text[1])) text.remove_prefix(1);
  return text;
}

}  // namespace

// At least one digit or letter, and nothing that is not visible ASCII.
bool is_valid_fallback(std::string_view version) {
  version = trim(version);
  return std::any_of(version.begin(), version.end(), is_alnum) &&
         std::all_of(version.begin(), version.end(), [](char c) { return c > ' ' && c < '\x7F'; });
}

Order compare_fallback(std::string_view a, std::string_view b) {
  if (!is_valid_fallback(a) || !is_valid_fallback(b)) return std::nullopt;
  a = without_v(trim(a));
  b = without_v(trim(b));
  for (;;) {
    const std::string_view x = take(a), y = take(b);
    const int rank_x = rank_of(x), rank_y = rank_of(y);
    if (rank_x != rank_y) return rank_x <=> rank_y;
    if (rank_x == end) return std::weak_ordering::equivalent;
    const auto order = rank_x == number ? compare_numbers(x, y)
                       : rank_x == word ? compare_text_caseless(x, y)
                                        : std::weak_ordering::equivalent;
    if (order != 0) return order;
  }
}

}  // namespace plimsoll::version
