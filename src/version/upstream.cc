#include "version/upstream.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace plimsoll::version {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes the digits at the head of `text`; nothing if there are none or they overflow.
std::optional<uint64_t> take_number(std::string_view& text) {
  size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  const auto number = parse_uint(text.substr(0, end));
  if (number) text.remove_prefix(end);
  return number;
}

void take_stage(std::string_view rest, UpstreamVersion& version) {
  constexpr std::array<std::pair<std::string_view, int>, 3> kStages = {{{"alpha", 0}, {"beta", 1}, {"rc", 2}}};
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '~' || rest.front() == '_')) rest.remove_prefix(1);
  for (const auto& [word, stage] : kStages) {
    if (!rest.starts_with(word)) continue;
    rest.remove_prefix(word.size());
    if (!rest.empty() && (rest.front() == '.' || rest.front() == '-')) rest.remove_prefix(1);
    version.stage = stage;
    version.stage_number = take_number(rest).value_or(0);
    return;
  }
}

}  // namespace

std::weak_ordering UpstreamVersion::operator<=>(const UpstreamVersion& other) const {
  const auto numbers_order = std::lexicographical_compare_three_way(numbers.begin(), numbers.end(),
                                                                    other.numbers.begin(), other.numbers.end());
  if (numbers_order != 0) return numbers_order;
  if (stage != other.stage) return stage <=> other.stage;
  return stage_number <=> other.stage_number;
}

std::optional<UpstreamVersion> parse_upstream(std::string_view version) {
  version = trim(version);
  if (const size_t colon = version.find(':'); colon != std::string_view::npos && parse_uint(version.substr(0, colon))) {
    version.remove_prefix(colon + 1);
  }
  if (version.starts_with('v')) version.remove_prefix(1);
  UpstreamVersion out;
  while (out.numbers.size() < 8) {
    const auto number = take_number(version);
    if (!number) break;
    out.numbers.push_back(*number);
    if (version.size() < 2 || version.front() != '.' || !is_digit(version[1])) break;
    version.remove_prefix(1);
  }
  if (out.numbers.empty()) return std::nullopt;
  take_stage(version, out);
  while (out.numbers.size() > 1 && out.numbers.back() == 0) out.numbers.pop_back();
  return out;
}

std::optional<UpstreamVersion> kernel_upstream(std::string_view release, std::string_view version_text) {
  constexpr std::string_view kDebian = "Debian ";
  const size_t at = version_text.find(kDebian);
  if (at != std::string_view::npos) {
    std::string_view rest = version_text.substr(at + kDebian.size());
    if (!rest.empty() && is_digit(rest.front())) return parse_upstream(rest.substr(0, rest.find(' ')));
  }
  return parse_upstream(release);
}

}  // namespace plimsoll::version
