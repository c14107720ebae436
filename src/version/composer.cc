// Composer versions: VersionParser::normalize of composer/semver, then the order of PHP's version_compare().
// Branches by name ("dev-main", "master") have no order and are refused; numbered ones ("2.x-dev") lie at the end of
// their line, as Composer has it.
#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "version/schemes.h"
#include "version/text_run.h"

namespace plimsoll::version {
namespace {

// A part of a normalised version; the kinds in their order.
struct Part {
  enum class Kind { dev, alpha, beta, candidate, end, number, patch } kind = Kind::end;
  std::string_view digits = {};
};
using Kind = Part::Kind;
using Parts = std::vector<Part>;

constexpr size_t longest = 512;  // bounds the backtracking; Composer itself has no bound
constexpr std::string_view branch_wildcard = "9999999";

struct Stability {
  std::string_view word;
  Kind kind;  // end: "stable", which says nothing
};
constexpr std::array<Stability, 9> stabilities{{{"stable", Kind::end},
                                                {"beta", Kind::beta},
                                                {"b", Kind::beta},
                                                {"rc", Kind::candidate},
                                                {"alpha", Kind::alpha},
                                                {"a", Kind::alpha},
                                                {"patch", Kind::patch},
                                                {"pl", Kind::patch},
                                                {"p", Kind::patch}}};

bool take_dev(std::string_view& text) {
  std::string_view rest = text;
  take_one_of(rest, ".-");
  if (!take_word(rest, "dev")) return false;
  text = rest;
  return true;
}

// The rest of a version: [._-]? (stability (separator? digits)*)? (separator? "dev")?
bool take_modifiers(std::string_view text, Parts& out) {
  take_one_of(text, "._-");
  for (const Stability& row : stabilities) {
    if (!take_word(text, row.word)) continue;
    const bool stable = row.kind == Kind::end;
    if (!stable) out.push_back({row.kind});
    for (;;) {
      std::string_view rest = text;
      take_one_of(rest, ".-");
      const std::string_view digits = take_digits(rest);
      if (digits.empty()) break;
      if (!stable) out.push_back({Kind::number, digits});
      text = rest;
    }
    const bool dev = take_dev(text);
    if (dev && !stable) out.push_back({Kind::dev});
    return text.empty();
  }
  if (take_dev(text)) out.push_back({Kind::dev});
  return text.empty();
}

// v?N(.N)?(.N)?(.N)? with a first number of at most five digits.
std::optional<Parts> classical(std::string_view text) {
  Parts out;
  const std::string_view first = take_digits(text);
  if (first.empty() || first.size() > 5) return std::nullopt;
  out.push_back({Kind::number, first});
  while (out.size() < 4 && text.size() > 1 && text[0] == '.' && is_digit(text[1])) {
    text.remove_prefix(1);
    out.push_back({Kind::number, take_digits(text)});
  }
  while (out.size() < 4) out.push_back({Kind::number, "0"});
  if (!take_modifiers(text, out)) return std::nullopt;
  return out;
}

// Takes a separator, when there is one, and exactly `count` digits.
bool take_date_group(std::string_view& text, size_t count) {
  std::string_view rest = text;
  take_one_of(rest, ".:-");
  if (rest.size() < count || !std::all_of(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(count), is_digit)) {
    return false;
  }
  text = rest.substr(count);
  return true;
}

std::optional<Parts> date_of(std::string_view whole, std::string_view rest) {
  Parts out;
  std::string_view date = whole.substr(0, whole.size() - rest.size());
  while (!date.empty()) {
    out.push_back({Kind::number, take_digits(date)});
    take_one_of(date, ".:-");
  }
  if (!take_modifiers(rest, out)) return std::nullopt;
  return out;
}

// v?YYYY, one to six groups of two digits, then perhaps one of up to three: the longest that lets the rest fit.
std::optional<Parts> dated(std::string_view text) {
  std::string_view rest = text;
  if (take_run(rest, is_digit).size() < 4) return std::nullopt;
  rest = text.substr(4);
  std::vector<std::string_view> after_groups;
  while (after_groups.size() < 6 && take_date_group(rest, 2)) after_groups.push_back(rest);
  for (; !after_groups.empty(); after_groups.pop_back()) {
    for (size_t digits = 4; digits-- > 0;) {
      std::string_view beyond = after_groups.back();
      if (digits > 0 && !take_date_group(beyond, digits)) continue;
      if (auto out = date_of(text, beyond)) return out;
    }
  }
  return std::nullopt;
}

// "2.x-dev", "2.1.*dev": a numbered branch; a wildcard and what is missing are as large as can be.
std::optional<Parts> branch(std::string_view text) {
  if (text.size() < 3 || lower(text.substr(text.size() - 3)) != "dev") return std::nullopt;
  text.remove_suffix(3);
  if (!text.empty() && (text.back() == '.' || text.back() == '-')) text.remove_suffix(1);
  text = trim(text);
  take_one_of(text, "vV");
  Parts out;
  for (;;) {
    const std::string_view digits = take_digits(text);
    if (digits.empty() && (out.empty() || !take_one_of(text, "xX*"))) return std::nullopt;
    out.push_back({Kind::number, digits.empty() ? branch_wildcard : digits});
    if (text.empty()) break;
    if (out.size() == 4 || !take_one_of(text, ".")) return std::nullopt;
  }
  while (out.size() < 4) out.push_back({Kind::number, branch_wildcard});
  out.push_back({Kind::dev});
  return out;
}

// Without an alias (" as 1.0"), a stability flag ("@dev") and build metadata ("+x").
std::string_view bare(std::string_view text) {
  text = trim(text);
  if (const size_t as = text.find(" as "); as != std::string_view::npos) {
    const std::string_view alias = trim(text.substr(as + 4)), own = trim(text.substr(0, as));
    if (!alias.empty() && alias.find_first_of(", \t\n\r\f\v") == std::string_view::npos) text = own;
  }
  for (const std::string_view flag : {"stable", "rc", "beta", "alpha", "dev"}) {
    const size_t at = text.rfind('@');
    if (at != std::string_view::npos && lower(text.substr(at + 1)) == flag) text = text.substr(0, at);
  }
  const size_t plus = text.find('+');
  const bool has_metadata = plus != std::string_view::npos && plus > 0 && plus + 1 < text.size() &&
                            text.find_first_of(" \t\n\r\f\v") == std::string_view::npos;
  return has_metadata ? text.substr(0, plus) : text;
}

std::optional<Parts> parse(std::string_view text) {
  if (text.size() > longest) return std::nullopt;
  text = bare(text);
  std::string_view number = text;
  take_one_of(number, "vV");
  if (auto parts = classical(number)) return parts;
  if (auto parts = dated(number)) return parts;
  return branch(text);
}

}  // namespace

bool is_valid_composer(std::string_view version) { return parse(version).has_value(); }

Order compare_composer(std::string_view a, std::string_view b) {
  const auto x = parse(a), y = parse(b);
  if (!x || !y) return std::nullopt;
  for (size_t i = 0; i < x->size() || i < y->size(); ++i) {
    const Part p = i < x->size() ? (*x)[i] : Part{}, q = i < y->size() ? (*y)[i] : Part{};
    if (p.kind != q.kind) return p.kind <=> q.kind;
    if (const auto order = compare_numbers(p.digits, q.digits); order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

}  // namespace plimsoll::version
