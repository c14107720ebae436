// Debian versions, [epoch:]upstream[-revision]: deb-version(7), Debian Policy 5.6.12.
#include "base/text.h"
#include "version/schemes.h"
#include "version/text_run.h"

namespace plimsoll::version {
namespace {

struct DpkgVersion {
  std::string_view epoch, upstream, revision;
};

bool all_of(std::string_view text, std::string_view punctuation) {
  return take_run(text, [&](char c) { return is_alnum(c) || punctuation.find(c) != std::string_view::npos; }),
         text.empty();
}

// As strict as `dpkg --validate-version`: blanks around are ignored, the epoch fits an int, upstream begins with a
// digit.
std::optional<DpkgVersion> parse(std::string_view text) {
  DpkgVersion out;
  text = trim(text);
  if (const size_t colon = text.find(':'); colon != std::string_view::npos) {
    out.epoch = text.substr(0, colon);
    const auto number = parse_uint(out.epoch);
    if (!number || *number > 2147483647) return std::nullopt;
    text.remove_prefix(colon + 1);
  }
  if (const size_t hyphen = text.rfind('-'); hyphen != std::string_view::npos) {
    out.revision = text.substr(hyphen + 1);
    if (out.revision.empty() || !all_of(out.revision, "+.~")) return std::nullopt;
    text = text.substr(0, hyphen);
  }
  out.upstream = text;
  if (text.empty() || !is_digit(text.front()) || !all_of(text, "+.~-:")) return std::nullopt;
  return out;
}

// '~' before the end, the end before letters, letters before the rest.
int weight(char c) {
  if (c == '~') return -1;
  if (is_alpha(c)) return static_cast<unsigned char>(c);
  return static_cast<unsigned char>(c) + 256;
}

std::weak_ordering compare_part(std::string_view a, std::string_view b) {
  const auto not_digit = [](char c) { return !is_digit(c); };
  while (!a.empty() || !b.empty()) {
    const std::string_view x = take_run(a, not_digit), y = take_run(b, not_digit);
    for (size_t i = 0; i < x.size() || i < y.size(); ++i) {
      const int p = i < x.size() ? weight(x[i]) : 0, q = i < y.size() ? weight(y[i]) : 0;
      if (p != q) return p <=> q;
    }
    if (const auto order = compare_numbers(take_digits(a), take_digits(b)); order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

}  // namespace

bool is_valid_dpkg(std::string_view version) { return parse(version).has_value(); }

Order compare_dpkg(std::string_view a, std::string_view b) {
  const auto x = parse(a), y = parse(b);
  if (!x || !y) return std::nullopt;
  if (const auto order = compare_numbers(x->epoch, y->epoch); order != 0) return order;
  if (const auto order = compare_part(x->upstream, y->upstream); order != 0) return order;
  return compare_part(x->revision, y->revision);
}

}  // namespace plimsoll::version
