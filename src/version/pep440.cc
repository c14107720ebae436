// Python versions, [N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local]: PEP 440 with every spelling its appendix B admits.
#include <array>

#include "base/text.h"
#include "version/schemes.h"
#include "version/text_run.h"

namespace plimsoll::version {
namespace {

enum class Phase { dev_only, alpha, beta, candidate, final_release };

struct PythonVersion {
  std::string_view epoch, release, local;
  Phase phase = Phase::final_release;
  std::string_view phase_number;
  std::optional<std::string_view> post, dev;
};

struct Spelling {
  std::string_view word;
  Phase phase;
};
// Longer words first: the first that fits is taken.
constexpr std::array<Spelling, 8> pre_words{{{"alpha", Phase::alpha},
                                             {"a", Phase::alpha},
                                             {"beta", Phase::beta},
                                             {"b", Phase::beta},
                                             {"preview", Phase::candidate},
                                             {"pre", Phase::candidate},
                                             {"rc", Phase::candidate},
                                             {"c", Phase::candidate}}};
constexpr std::array<std::string_view, 3> post_words{"post", "rev", "r"};

std::string_view number_after_word(std::string_view& text) {
  take_one_of(text, "-_.");
  return take_digits(text);
}

void take_pre(std::string_view& text, PythonVersion& out) {
  std::string_view rest = text;
  take_one_of(rest, "-_.");
  for (const Spelling& row : pre_words) {
    if (!take_word(rest, row.word)) continue;
    out.phase = row.phase;
    out.phase_number = number_after_word(rest);
    text = rest;
    return;
  }
}

void take_post(std::string_view& text, PythonVersion& out) {
  std::string_view rest = text;
  if (take_one_of(rest, "-") && !rest.empty() && is_digit(rest.front())) {
    out.post = take_digits(rest);
    text = rest;
    return;
  }
  rest = text;
  take_one_of(rest, "-_.");
  for (const std::string_view word : post_words) {
    if (!take_word(rest, word)) continue;
    out.post = number_after_word(rest);
    text = rest;
    return;
  }
}

void take_dev(std::string_view& text, PythonVersion& out) {
  std::string_view rest = text;
  take_one_of(rest, "-_.");
  if (!take_word(rest, "dev")) return;
  out.dev = number_after_word(rest);
  text = rest;
}

bool is_local(std::string_view text) {
  for (;;) {
    if (take_run(text, is_alnum).empty()) return false;
    if (text.empty()) return true;
    if (!take_one_of(text, "-_.")) return false;
  }
}

// Takes N(.N)*; a dot that no digit follows stays.
std::string_view take_release(std::string_view& text) {
  const std::string_view whole = text;
  take_digits(text);
  while (text.size() > 1 && text[0] == '.' && is_digit(text[1])) {
    text.remove_prefix(1);
    take_digits(text);
  }
  return whole.substr(0, whole.size() - text.size());
}

std::optional<PythonVersion> parse(std::string_view text) {
  PythonVersion out;
  text = trim(text);
  take_word(text, "v");
  std::string_view rest = text;
  const std::string_view digits = take_digits(rest);
  if (!digits.empty() && take_one_of(rest, "!")) {
    out.epoch = digits;
    text = rest;
  }
  out.release = take_release(text);
  if (out.release.empty()) return std::nullopt;
  take_pre(text, out);
  take_post(text, out);
  take_dev(text, out);
  if (out.phase == Phase::final_release && !out.post && out.dev) out.phase = Phase::dev_only;
  if (take_one_of(text, "+")) {
    if (!is_local(text)) return std::nullopt;
    out.local = text;
    return out;
  }
  if (!text.empty()) return std::nullopt;
  return out;
}

// Numbers in turn; those that are missing are 0.
std::weak_ordering compare_releases(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    if (const auto order = compare_numbers(take_digits(a), take_digits(b)); order != 0) return order;
    take_one_of(a, ".");
    take_one_of(b, ".");
  }
  return std::weak_ordering::equivalent;
}

// Numbers above words, a longer one above its prefix, none below all.
std::weak_ordering compare_locals(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const std::string_view x = take_run(a, is_alnum), y = take_run(b, is_alnum);
    const auto is_number = [](std::string_view text) { return take_digits(text), text.empty(); };
    const bool number_x = is_number(x), number_y = is_number(y);
    if (number_x != number_y) return number_x <=> number_y;
    if (const auto order = number_x ? compare_numbers(x, y) : compare_text_caseless(x, y); order != 0) return order;
    take_one_of(a, "-_.");
    take_one_of(b, "-_.");
  }
  return b.empty() <=> a.empty();
}

// Both there: by number. One missing: `missing_is` the other one.
std::weak_ordering compare_optional(const std::optional<std::string_view>& a, const std::optional<std::string_view>& b,
                                    std::weak_ordering missing_is) {
  if (a && b) return compare_numbers(*a, *b);
  if (!a && !b) return std::weak_ordering::equivalent;
  return a ? 0 <=> missing_is : missing_is;
}

std::weak_ordering compare_parsed(const PythonVersion& x, const PythonVersion& y) {
  if (const auto order = compare_numbers(x.epoch, y.epoch); order != 0) return order;
  if (const auto order = compare_releases(x.release, y.release); order != 0) return order;
  if (x.phase != y.phase) return x.phase <=> y.phase;
  if (const auto order = compare_numbers(x.phase_number, y.phase_number); order != 0) return order;
  if (const auto order = compare_optional(x.post, y.post, std::weak_ordering::less); order != 0) return order;
  if (const auto order = compare_optional(x.dev, y.dev, std::weak_ordering::greater); order != 0) return order;
  return compare_locals(x.local, y.local);
}

}  // namespace

bool is_valid_pep440(std::string_view version) { return parse(version).has_value(); }

Order compare_pep440(std::string_view a, std::string_view b) {
  const auto x = parse(a), y = parse(b);
  if (!x || !y) return std::nullopt;
  return compare_parsed(*x, *y);
}

}  // namespace plimsoll::version
