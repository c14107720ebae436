// Maven versions: https://maven.apache.org/pom.html#version-order-specification and ComparableVersion of Maven 3.8.7.
//
// A version is a list of items; '-' and each change between digits and letters open a list inside the list. As an inner
// list is always the last item of its outer one, the whole is a flat row of tokens: numbers, words and "opens".
// Row order at one place:  pre-release word < open before a pre-release word < end < word < open < number.
//
// ComparableVersion itself runs in circles where a dot follows a word (1.x.1 < 1-rc < 1 < 1.x.1). The row order above
// agrees with it elsewhere, and is total.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "version/schemes.h"
#include "version/text_run.h"

namespace plimsoll::version {
namespace {

struct Token {
  enum class Kind { pre_word, pre_open, end, word, open, number } kind = Kind::end;
  std::string_view text = {};  // digits, or a word as written
  int rank = 0;                // of a word: see below
};
using Kind = Token::Kind;

constexpr int release = 5, unknown_word = 7;
struct Qualifier {
  std::string_view word;
  int rank;
  bool only_before_digit = false;
};
constexpr std::array<Qualifier, 13> qualifiers{{{"alpha", 0},
                                                {"a", 0, true},
                                                {"beta", 1},
                                                {"b", 1, true},
                                                {"milestone", 2},
                                                {"m", 2, true},
                                                {"rc", 3},
                                                {"cr", 3},
                                                {"snapshot", 4},
                                                {"ga", release},
                                                {"final", release},
                                                {"release", release},
                                                {"sp", 6}}};

Token word_token(std::string_view word, bool before_digit) {
  int rank = unknown_word;
  for (const Qualifier& row : qualifiers) {
    const bool applies = !row.only_before_digit || before_digit;
    if (applies && compare_text_caseless(row.word, word) == 0) rank = row.rank;
  }
  return {rank < release ? Kind::pre_word : Kind::word, word, rank};
}

Token item_token(std::string_view text, bool before_digit) {
  return is_digit(text.front()) ? Token{Kind::number, text} : word_token(text, before_digit);
}

// Reads the row as written, empty places between separators being 0.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::vector<Token> read() {
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c == '.' || c == '-') {
        separator(c);
      } else if (is_digit(c)) {
        item(take_digits(rest_));
      } else {
        item(take_run(rest_, [](char d) { return d != '.' && d != '-' && !is_digit(d); }));
      }
    }
    return std::move(row_);
  }

 private:
  void separator(char c) {
    rest_.remove_prefix(1);
    if (!after_item_) add({Kind::number, "0"});
    if (c == '-') open();
    after_item_ = false;
  }

  void item(std::string_view text) {
    const bool number = is_digit(text.front());
    const bool next_is_digit = !rest_.empty() && is_digit(rest_.front());
    const bool at_end = rest_.empty();
    // A word that a digit follows, and the last word, stand in a list of their own: 1.x1 is 1-x-1.
    if (!number && (next_is_digit || at_end) && !list_is_empty_) open();
    add(item_token(text, next_is_digit));
    after_item_ = true;
    const bool changes = !at_end && rest_.front() != '.' && rest_.front() != '-';
    if (changes) open();
  }

  void add(Token token) {
    row_.push_back(token);
    list_is_empty_ = false;
  }
  void open() {
    row_.push_back({Kind::open});
    list_is_empty_ = true;
  }

  std::string_view rest_;
  std::vector<Token> row_;
  bool after_item_ = false;
  bool list_is_empty_ = true;
};

bool says_nothing(const Token& token) {
  if (token.kind == Kind::number) return without_leading_zeros(token.text).empty();
  return token.kind == Kind::word && token.rank == release;
}

// Drops zeros and "final"s that nothing, a list or a pre-release follows (1.0.0 is 1, 1.0-rc is 1-rc), and lists of
// nothing.
std::vector<Token> normalised(const std::vector<Token>& row) {
  std::vector<Token> kept;  // back to front
  for (size_t i = row.size(); i-- > 0;) {
    Token token = row[i];
    const Kind next = kept.empty() ? Kind::end : kept.back().kind;
    if (token.kind == Kind::open) {
      if (next == Kind::end) continue;
      if (next == Kind::pre_word || next == Kind::pre_open) token.kind = Kind::pre_open;
    } else if (says_nothing(token) && next != Kind::number && next != Kind::word) {
      continue;
    }
    kept.push_back(token);
  }
  std::reverse(kept.begin(), kept.end());
  return kept;
}

std::weak_ordering compare_tokens(const Token& a, const Token& b) {
  if (a.kind != b.kind) return a.kind <=> b.kind;
  if (a.kind == Kind::number) return compare_numbers(a.text, b.text);
  if (a.rank != b.rank) return a.rank <=> b.rank;
  return a.rank == unknown_word ? compare_text_caseless(a.text, b.text) : std::weak_ordering::equivalent;
}

}  // namespace

// Maven takes anything; we take what can stand in a file name: visible ASCII.
bool is_valid_maven(std::string_view version) {
  return !version.empty() && std::all_of(version.begin(), version.end(), [](char c) { return c > ' ' && c < '\x7F'; });
}

Order compare_maven(std::string_view a, std::string_view b) {
  if (!is_valid_maven(a) || !is_valid_maven(b)) return std::nullopt;
  const auto x = normalised(Reader(a).read()), y = normalised(Reader(b).read());
  for (size_t i = 0; i < x.size() || i < y.size(); ++i) {
    const Token p = i < x.size() ? x[i] : Token{}, q = i < y.size() ? y[i] : Token{};
    if (const auto order = compare_tokens(p, q); order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

}  // namespace plimsoll::version
