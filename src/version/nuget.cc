// NuGet versions: https://learn.microsoft.com/nuget/concepts/package-versioning. SemVer 2.0 with one to four numbers,
// leading zeros allowed, and pre-release words compared without regard to case. Build metadata does not count.
#include <array>

#include "base/text.h"
#include "version/schemes.h"
#include "version/text_run.h"

namespace plimsoll::version {
namespace {

struct NugetVersion {
  std::array<std::string_view, 4> numbers;
  std::string_view pre_release;
};

// Like the client, whose numbers are 32-bit integers.
bool fits_int(std::string_view digits) { return compare_numbers(digits, "2147483647") <= 0; }

bool is_number(std::string_view label) {
  std::string_view rest = label;
  take_digits(rest);
  return rest.empty() && fits_int(label);
}

bool is_label_list(std::string_view text) {
  for (;;) {
    if (take_run(text, [](char c) { return is_alnum(c) || c == '-'; }).empty()) return false;
    if (text.empty()) return true;
    if (!take_one_of(text, ".")) return false;
  }
}

std::optional<NugetVersion> parse(std::string_view text) {
  NugetVersion out;
  text = trim(text);
  size_t count = 0;
  do {
    out.numbers[count] = take_digits(text);
    if (out.numbers[count].empty() || !fits_int(out.numbers[count])) return std::nullopt;
    ++count;
  } while (count < 4 && take_one_of(text, "."));
  if (const size_t plus = text.find('+'); plus != std::string_view::npos) {
    if (!is_label_list(text.substr(plus + 1))) return std::nullopt;
    text = text.substr(0, plus);
  }
  if (text.empty()) return out;
  if (!take_one_of(text, "-") || !is_label_list(text)) return std::nullopt;
  out.pre_release = text;
  return out;
}

std::weak_ordering compare_labels(std::string_view a, std::string_view b) {
  const bool number_a = is_number(a), number_b = is_number(b);
  if (number_a != number_b) return number_b <=> number_a;
  return number_a ? compare_numbers(a, b) : compare_text_caseless(a, b);
}

std::weak_ordering compare_pre_releases(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.empty() <=> b.empty();
  const auto in_label = [](char c) { return c != '.'; };
  while (!a.empty() && !b.empty()) {
    if (const auto order = compare_labels(take_run(a, in_label), take_run(b, in_label)); order != 0) return order;
    take_one_of(a, ".");
    take_one_of(b, ".");
  }
  return b.empty() <=> a.empty();
}

}  // namespace

bool is_valid_nuget(std::string_view version) { return parse(version).has_value(); }

Order compare_nuget(std::string_view a, std::string_view b) {
  const auto x = parse(a), y = parse(b);
  if (!x || !y) return std::nullopt;
  for (size_t i = 0; i < x->numbers.size(); ++i) {
    if (const auto order = compare_numbers(x->numbers[i], y->numbers[i]); order != 0) return order;
  }
  return compare_pre_releases(x->pre_release, y->pre_release);
}

}  // namespace plimsoll::version
