// Alpine versions: number{.number}{letter}{_suffix{number}}{~hash}{-rN}, apk-package(5) of apk-tools.
#include <array>

#include "base/text.h"
#include "version/schemes.h"
#include "version/text_run.h"

namespace plimsoll::version {
namespace {

// The kinds in the order of the grammar. Where two versions differ in the kind of a token, the later kind is the lower
// version, save for pre-release suffixes, which are lower than everything.
enum class Kind { first_number, number, letter, suffix, suffix_number, hash, revision, end, invalid };

struct Token {
  Kind kind = Kind::invalid;
  std::string_view text = {};
  int suffix = 0;  // negative before the release, positive after it
};

struct Suffix {
  std::string_view name;
  int rank;
};
constexpr std::array<Suffix, 9> suffixes{
    {{"alpha", -4}, {"beta", -3}, {"pre", -2}, {"rc", -1}, {"cvs", 1}, {"svn", 2}, {"git", 3}, {"hg", 4}, {"p", 5}}};

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

Token numbered(Kind kind, std::string_view& rest) {
  const std::string_view digits = take_digits(rest);
  return digits.empty() ? Token{} : Token{kind, digits};
}

Token suffix(std::string_view& rest) {
  const std::string_view name = take_run(rest, is_lower);
  for (const Suffix& row : suffixes) {
    if (row.name == name) return {Kind::suffix, name, row.rank};
  }
  return {};
}

// The token after one of kind `last`; takes it off `rest`.
Token next(Kind last, std::string_view& rest) {
  if (last == Kind::invalid) return {};
  if (rest.empty()) return {Kind::end};
  if (last == Kind::suffix && is_digit(rest.front())) return numbered(Kind::suffix_number, rest);
  if (last <= Kind::number && is_lower(rest.front())) {
    const Token letter{Kind::letter, rest.substr(0, 1)};
    rest.remove_prefix(1);
    return letter;
  }
  if (last <= Kind::number && take_one_of(rest, ".")) return numbered(Kind::number, rest);
  if (last <= Kind::suffix_number && take_one_of(rest, "_")) return suffix(rest);
  if (last <= Kind::suffix_number && take_one_of(rest, "~")) {
    const std::string_view hash = take_run(rest, is_hex);
    return hash.empty() ? Token{} : Token{Kind::hash, hash};
  }
  if (last <= Kind::hash && take_one_of(rest, "-") && take_one_of(rest, "r")) return numbered(Kind::revision, rest);
  return {};
}

// A number after the first one that begins with 0 is a fraction: 1.01 lies before 1.1.
std::weak_ordering compare_same_kind(const Token& a, const Token& b) {
  switch (a.kind) {
    case Kind::number:
      if (a.text.front() == '0' || b.text.front() == '0') return compare_text(a.text, b.text);
      return compare_numbers(a.text, b.text);
    case Kind::suffix:
      return a.suffix <=> b.suffix;
    case Kind::letter:
    case Kind::hash:
      return compare_text(a.text, b.text);
    default:
      return compare_numbers(a.text, b.text);
  }
}

}  // namespace

bool is_valid_apk(std::string_view version) {
  version = trim(version);
  Token token = numbered(Kind::first_number, version);
  while (token.kind < Kind::end) token = next(token.kind, version);
  return token.kind == Kind::end;
}

Order compare_apk(std::string_view a, std::string_view b) {
  if (!is_valid_apk(a) || !is_valid_apk(b)) return std::nullopt;
  a = trim(a);
  b = trim(b);
  Token x = numbered(Kind::first_number, a), y = numbered(Kind::first_number, b);
  while (x.kind == y.kind && x.kind != Kind::end) {
    if (const auto order = compare_same_kind(x, y); order != 0) return order;
    x = next(x.kind, a);
    y = next(y.kind, b);
  }
  if (x.suffix < 0 || y.suffix < 0) return x.suffix <=> y.suffix;
  return y.kind <=> x.kind;
}

}  // namespace plimsoll::version
