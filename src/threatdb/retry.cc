#include "threatdb/retry.h"

#include <algorithm>

#include "base/text.h"

namespace plimsoll::threatdb {

Milliseconds wait_before(int attempt, Milliseconds first, double luck, std::optional<Milliseconds> server_wish) {
  constexpr double longest = 60000;
  double wait = static_cast<double>(first.count());
  for (int i = 1; i < attempt && wait < longest; ++i) wait *= 2;
  wait = std::min(wait, longest) * (1 + 0.5 * std::clamp(luck, 0.0, 1.0));
  return std::max(Milliseconds(static_cast<int64_t>(wait)), server_wish.value_or(Milliseconds(0)));
}

bool is_passing(long status) {
  return status == 408 || status == 425 || status == 429 || (status >= 500 && status != 501 && status != 505);
}

std::optional<ContentRange> parse_content_range(std::string_view text) {
  text = trim(text);
  if (!text.starts_with("bytes ")) return std::nullopt;
  text = trim(text.substr(6));
  const size_t dash = text.find('-'), slash = text.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || dash > slash) return std::nullopt;
  const auto first = parse_uint(text.substr(0, dash)), last = parse_uint(text.substr(dash + 1, slash - dash - 1));
  if (!first || !last || *last < *first) return std::nullopt;
  ContentRange out{*first, std::nullopt};
  if (text.substr(slash + 1) == "*") return out;
  out.whole = parse_uint(text.substr(slash + 1));
  if (!out.whole || *last >= *out.whole) return std::nullopt;
  return out;
}

}  // namespace plimsoll::threatdb
