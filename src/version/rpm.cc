// RPM versions, [epoch:]version[-release]: https://rpm-software-management.github.io/rpm/manual/dependencies.html
// and rpm-version(7). A missing epoch is 0, a missing release is an empty one, as rpmverCmp() has it: so the order is
// total.
#include "base/text.h"
#include "version/schemes.h"
#include "version/text_run.h"

namespace plimsoll::version {
namespace {

struct RpmVersion {
  std::string_view epoch, version, release;
};

std::optional<RpmVersion> parse(std::string_view text) {
  RpmVersion out;
  text = trim(text);  // some advisories carry blanks
  std::string_view rest = text;
  const std::string_view digits = take_digits(rest);
  if (take_one_of(rest, ":")) {
    out.epoch = digits;
    text = rest;
  }
  const auto allowed = [](char c) {
    return is_alnum(c) || std::string_view("._+%{}~^-").find(c) != std::string_view::npos;
  };
  std::string_view beyond = text;
  take_run(beyond, allowed);
  if (!beyond.empty()) return std::nullopt;
  const size_t hyphen = text.rfind('-');
  out.version = text.substr(0, hyphen);
  if (hyphen != std::string_view::npos) out.release = text.substr(hyphen + 1);
  if (out.version.empty()) return std::nullopt;
  return out;
}

bool starts_with(std::string_view text, char c) { return !text.empty() && text.front() == c; }

// '~' sorts before the end, '^' after the end but before anything else, letters before digits.
std::weak_ordering compare_part(std::string_view a, std::string_view b) {
  const auto separator = [](char c) { return !is_alnum(c) && c != '~' && c != '^'; };
  for (;;) {
    take_run(a, separator);
    take_run(b, separator);
    for (const char mark : {'~', '^'}) {
      const bool in_a = starts_with(a, mark), in_b = starts_with(b, mark);
      if (!in_a && !in_b) continue;
      if (in_a && in_b) break;
      const bool end_of_other = in_a ? b.empty() : a.empty();
      const bool marked_is_greater = mark == '^' && end_of_other;
      return in_a == marked_is_greater ? std::weak_ordering::greater : std::weak_ordering::less;
    }
    if (starts_with(a, '~') || starts_with(a, '^')) {
      a.remove_prefix(1);
      b.remove_prefix(1);
      continue;
    }
    if (a.empty() || b.empty()) return b.empty() <=> a.empty();
    const bool number = is_digit(a.front());
    if (number != is_digit(b.front())) return number ? std::weak_ordering::greater : std::weak_ordering::less;
    const auto order = number ? compare_numbers(take_digits(a), take_digits(b))
                              : compare_text(take_run(a, is_alpha), take_run(b, is_alpha));
    if (order != 0) return order;
  }
}

}  // namespace

bool is_valid_rpm(std::string_view version) { return parse(version).has_value(); }

Order compare_rpm(std::string_view a, std::string_view b) {
  const auto x = parse(a), y = parse(b);
  if (!x || !y) return std::nullopt;
  if (const auto order = compare_numbers(x->epoch, y->epoch); order != 0) return order;
  if (const auto order = compare_part(x->version, y->version); order != 0) return order;
  return compare_part(x->release, y->release);
}

}  // namespace plimsoll::version
