#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "server/api.h"

namespace plimsoll::server {

// Parameters of a query, taken into what a query of the journal wants; one that is not there leaves its place alone.
// malformed: its value is not one of those it may have.

inline Error not_a_value(std::string_view name, std::string_view value) {
  return Error{ErrorKind::malformed, "'" + printable(value, 40) + "' is no value of '" + std::string(name) + "'"};
}

template <class T>
Status take_word(const Call& call, std::string_view name, std::optional<T> (*parse)(std::string_view),
                 std::optional<T>& into) {
  const std::string_view text = call.asked(name);
  if (text.empty()) return Done{};
  into = parse(text);
  return into ? Status(Done{}) : Status(not_a_value(name, text));
}

// Several, with commas.
template <class T>
Status take_words(const Call& call, std::string_view name, std::optional<T> (*parse)(std::string_view),
                  std::vector<T>& into) {
  const std::string_view text = call.asked(name);
  if (text.empty()) return Done{};
  for (const std::string_view word : split(text, ',')) {
    const std::optional<T> value = parse(word);
    if (!value) return not_a_value(name, word);
    into.push_back(*value);
  }
  return Done{};
}

inline Status take_truth(const Call& call, std::string_view name, bool& into) {
  const std::string_view text = call.asked(name);
  if (text.empty()) return Done{};
  if (text != "true" && text != "false") return not_a_value(name, text);
  into = text == "true";
  return Done{};
}

inline Status take_number(const Call& call, std::string_view name, uint64_t& into) {
  const std::string_view text = call.asked(name);
  if (text.empty()) return Done{};
  const auto number = parse_uint(text);
  if (!number || *number > uint64_t{1} << 62) return not_a_value(name, text);
  into = *number;
  return Done{};
}

inline Status take_limit(const Call& call, size_t& into, size_t most) {
  uint64_t number = into;
  PLIMSOLL_CHECK(take_number(call, "limit", number));
  if (number == 0 || number > most) return not_a_value("limit", call.asked("limit"));
  into = number;
  return Done{};
}

// "since" and "until", RFC 3339.
inline Status take_time(const Call& call, std::string_view name, Instant& into) {
  const std::string_view text = call.asked(name);
  if (text.empty()) return Done{};
  const auto at = parse_rfc3339(text);
  if (!at) return not_a_value(name, text);
  into = *at;
  return Done{};
}
inline Status take_times(const Call& call, Instant& since, Instant& until) {
  PLIMSOLL_CHECK(take_time(call, "since", since));
  PLIMSOLL_CHECK(take_time(call, "until", until));
  if (since > until) return Error{ErrorKind::malformed, "'since' is after 'until'"};
  return Done{};
}

}  // namespace plimsoll::server
