// Semantic Versioning 2.0.0 (https://semver.org), as npm, Go, crates.io and others use it. Tolerated beyond it: blanks
// around, a leading "v" or "=", missing minor and patch numbers ("0", as OSV ranges write), and the versions of the Go
// distribution itself ("go1.21.3", "1.21rc2", which OSV's Go entries write as 1.21.0-rc.2).
#include <array>
#include <utility>

#include "base/text.h"
#include "version/schemes.h"
#include "version/text_run.h"

namespace plimsoll::version {
namespace {

struct SemanticVersion {
  std::array<std::string_view, 3> numbers;
  std::string_view go_word, go_number;  // "rc", "2" of "1.21rc2": the same as the pre-release rc.2
  std::string_view pre_release;         // without its hyphen; empty on a release
};

bool is_number(std::string_view text) { return take_digits(text), text.empty(); }

bool is_identifier_list(std::string_view text, bool refuse_leading_zero) {
  for (;;) {
    const std::string_view part = take_run(text, [](char c) { return is_alnum(c) || c == '-'; });
    if (part.empty()) return false;
    if (refuse_leading_zero && part.size() > 1 && part.front() == '0' && is_number(part)) return false;
    if (text.empty()) return true;
    if (!take_one_of(text, ".")) return false;
  }
}

// Takes up to three numbers; the count, or 0 when one is not written as the grammar asks.
int take_numbers(std::string_view& text, SemanticVersion& out) {
  int count = 0;
  do {
    std::string_view& number = out.numbers[static_cast<size_t>(count)];
    number = take_digits(text);
    if (number.empty() || (number.size() > 1 && number.front() == '0')) return 0;
    ++count;
  } while (count < 3 && take_one_of(text, "."));
  return count;
}

bool take_go_suffix(std::string_view& text, SemanticVersion& out) {
  out.go_word = take_run(text, is_lower);
  out.go_number = take_digits(text);
  return (out.go_word == "rc" || out.go_word == "beta" || out.go_word == "alpha") && !out.go_number.empty();
}

std::optional<SemanticVersion> parse(std::string_view text) {
  SemanticVersion out;
  text = trim(text);
  if (!take_word(text, "go")) take_run(text, [](char c) { return c == 'v' || c == '='; });
  const int count = take_numbers(text, out);
  if (count == 0) return std::nullopt;
  if (!text.empty() && is_lower(text.front()) && !take_go_suffix(text, out)) return std::nullopt;
  if (const size_t plus = text.find('+'); plus != std::string_view::npos) {
    if (!is_identifier_list(text.substr(plus + 1), false)) return std::nullopt;
    text = text.substr(0, plus);
  }
  if (text.empty()) return out;
  if (count < 3 || !out.go_word.empty() || !take_one_of(text, "-")) return std::nullopt;
  if (!is_identifier_list(text, true)) return std::nullopt;
  out.pre_release = text;
  return out;
}

// The identifiers of a pre-release, front to back, however it was written.
class Identifiers {
 public:
  explicit Identifiers(const SemanticVersion& version)
      : first_(version.go_word), second_(version.go_number), rest_(version.pre_release) {}
  bool empty() const { return first_.empty() && second_.empty() && rest_.empty(); }
  std::string_view take() {
    if (!first_.empty()) return std::exchange(first_, {});
    if (!second_.empty()) return std::exchange(second_, {});
    const std::string_view part = take_run(rest_, [](char c) { return c != '.'; });
    take_one_of(rest_, ".");
    return part;
  }

 private:
  std::string_view first_, second_, rest_;
};

// Numbers by value and below words; words by their bytes.
std::weak_ordering compare_identifiers(std::string_view a, std::string_view b) {
  const bool number_a = is_number(a), number_b = is_number(b);
  if (number_a != number_b) return number_b <=> number_a;
  return number_a ? compare_numbers(a, b) : compare_text(a, b);
}

std::weak_ordering compare_pre_releases(Identifiers a, Identifiers b) {
  if (a.empty() || b.empty()) return a.empty() <=> b.empty();
  while (!a.empty() && !b.empty()) {
    if (const auto order = compare_identifiers(a.take(), b.take()); order != 0) return order;
  }
  return b.empty() <=> a.empty();
}

}  // namespace

bool is_valid_semver(std::string_view version) { return parse(version).has_value(); }

Order compare_semver(std::string_view a, std::string_view b) {
  const auto x = parse(a), y = parse(b);
  if (!x || !y) return std::nullopt;
  for (size_t i = 0; i < 3; ++i) {
    if (const auto order = compare_numbers(x->numbers[i], y->numbers[i]); order != 0) return order;
  }
  return compare_pre_releases(Identifiers(*x), Identifiers(*y));
}

}  // namespace plimsoll::version
