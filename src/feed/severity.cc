#include "feed/severity.h"

#include <charconv>

#include "base/text.h"
#include "feed/cvss.h"
#include "model/names.h"

namespace plimsoll::feed {
namespace {

constexpr size_t kMaxVector = 512;

// GitHub, Red Hat, SUSE, Ubuntu, Debian and Microsoft each have their own scale of words.
constexpr struct {
  std::string_view word;
  SeverityLevel level;
} kWords[] = {
    {"critical", SeverityLevel::critical}, {"high", SeverityLevel::high},       {"important", SeverityLevel::high},
    {"medium", SeverityLevel::medium},     {"moderate", SeverityLevel::medium}, {"low", SeverityLevel::low},
    {"minor", SeverityLevel::low},         {"negligible", SeverityLevel::low},  {"unimportant", SeverityLevel::low},
};

bool looks_like_vector(std::string_view text) {
  return text.starts_with("CVSS") || text.starts_with("AV:") || text.starts_with("(AV:");
}

std::optional<double> parse_score(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= 0 && value <= 10)) return std::nullopt;
  return value;
}

}  // namespace

SeverityLevel severity_word(std::string_view word) {
  if (word.size() > 16) return SeverityLevel::unknown;
  std::string small = lower(trim(word));
  while (small.ends_with('*')) small.pop_back();  // Debian's mark for a guess: "low**"
  for (const auto& row : kWords) {
    if (row.word == small) return row.level;
  }
  return SeverityLevel::unknown;
}

bool read_severity(std::string_view text, Severity& into) {
  text = trim(text);
  into.level = SeverityLevel::unknown;
  into.score.reset();
  into.vector.clear();
  into.source.clear();
  if (looks_like_vector(text)) {
    if (const auto scored = score_cvss(text)) {
      into.score = scored->score;
      into.level = severity_level_of(scored->score);
    }
    into.vector.assign(text.substr(0, kMaxVector));
    return true;
  }
  if (const auto score = parse_score(text)) {
    into.score = *score;
    into.level = severity_level_of(*score);
    return true;
  }
  into.level = severity_word(text);
  return into.level != SeverityLevel::unknown;
}

}  // namespace plimsoll::feed
