#include "notify/schedule.h"

#include <array>

#include "base/text.h"

namespace plimsoll::notify {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> weekday_names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};

struct Field {
  std::string_view what;
  uint64_t low, high;  // what may be written
};
constexpr std::array<Field, 5> fields{{{"the minute", 0, 59},
                                       {"the hour", 0, 23},
                                       {"the day of the month", 1, 31},
                                       {"the month", 1, 12},
                                       {"the day of the week", 0, 7}}};

std::optional<uint64_t> value_of(std::string_view text, const Field& field) {
  const std::string word = lower(text);
  if (field.high == 7) {
    for (size_t i = 0; i < weekday_names.size(); ++i) {
      if (word == weekday_names[i]) return i;
    }
  }
  if (field.high == 12) {
    for (size_t i = 0; i < month_names.size(); ++i) {
      if (word == month_names[i]) return i + 1;
    }
  }
  const auto number = parse_uint(text);
  return number && *number >= field.low && *number <= field.high ? number : std::nullopt;
}

Error refused(const Field& field, std::string_view text) {
  return {ErrorKind::malformed, std::string(field.what) + " cannot be \"" + printable(text, 40) + "\"; it takes " +
                                    std::to_string(field.low) + " to " + std::to_string(field.high) +
                                    ", as 5, 1-5, 1,15 or */10"};
}

// One of a list: "*", "5", "1-5", "*/10", "1-20/5".
template <size_t size>
Status take_part(std::string_view part, const Field& field, std::bitset<size>& into) {
  uint64_t step = 1, low = field.low, high = field.high;
  const size_t slash = part.find('/');
  const std::string_view range = part.substr(0, slash);
  if (slash != std::string_view::npos) {
    const auto number = parse_uint(part.substr(slash + 1));
    if (!number || *number == 0 || *number > field.high) return refused(field, part);
    step = *number;
  }
  if (range != "*") {
    const size_t dash = range.find('-');
    const auto first = value_of(range.substr(0, dash), field);
    const auto last = dash == std::string_view::npos ? first : value_of(range.substr(dash + 1), field);
    if (!first || !last || *first > *last) return refused(field, part);
    low = *first;
    high = dash == std::string_view::npos && slash != std::string_view::npos ? field.high : *last;
  }
  for (uint64_t i = low; i <= high; i += step) into.set(field.high == 7 ? i % 7 : i);
  return Done{};
}

template <size_t size>
Status take_field(std::string_view text, const Field& field, std::bitset<size>& into) {
  for (const std::string_view part : split(text, ',')) PLIMSOLL_CHECK(take_part(part, field, into));
  return Done{};
}

// "07:30" as "30 7"
Result<std::string> clock(std::string_view text) {
  const auto parts = split(text, ':');
  const auto hour = parts.size() == 2 ? parse_uint(parts[0]) : std::nullopt;
  const auto minute = parts.size() == 2 ? parse_uint(parts[1]) : std::nullopt;
  if (!hour || !minute || *hour > 23 || *minute > 59)
    return Error{ErrorKind::malformed, "\"" + printable(text, 40) + "\" is no time of day; write it as 07:30"};
  return std::to_string(*minute) + " " + std::to_string(*hour);
}

// The words that stand for five fields.
Result<std::string> as_cron(const std::vector<std::string_view>& words) {
  const std::string first = words.empty() ? "" : lower(words[0]);
  if (first == "hourly" && words.size() == 1) return std::string("0 * * * *");
  if (first == "daily" && words.size() == 2) {
    PLIMSOLL_TRY(at, clock(words[1]));
    return at + " * * *";
  }
  if ((first == "weekly" || first == "monthly") && words.size() == 3) {
    PLIMSOLL_TRY(at, clock(words[2]));
    return first == "weekly" ? at + " * * " + std::string(words[1]) : at + " " + std::string(words[1]) + " * *";
  }
  return Error{ErrorKind::malformed,
               "no such schedule; write \"daily 07:30\", \"weekly mon 07:30\", \"monthly 1 07:30\", \"hourly\", or the "
               "five fields of cron, as \"30 7 * * 1-5\""};
}

}  // namespace

Result<Schedule> Schedule::parse(std::string_view text, TimeZone zone) {
  const auto words = split_words(text);
  std::string cron(text);
  if (words.size() != 5) {
    PLIMSOLL_TRY(written, as_cron(words));
    cron = std::move(written);
  }
  PLIMSOLL_TRY(out, parse_cron(cron));
  out.text_ = std::string(trim(text));
  out.zone_ = std::move(zone);
  return out;
}

Result<Schedule> Schedule::parse_cron(std::string_view text) {
  const auto words = split_words(text);
  Schedule out;
  PLIMSOLL_CHECK(take_field(words[0], fields[0], out.minutes_));
  PLIMSOLL_CHECK(take_field(words[1], fields[1], out.hours_));
  PLIMSOLL_CHECK(take_field(words[2], fields[2], out.days_));
  PLIMSOLL_CHECK(take_field(words[3], fields[3], out.months_));
  PLIMSOLL_CHECK(take_field(words[4], fields[4], out.weekdays_));
  out.any_day_ = words[2].front() == '*';
  out.any_weekday_ = words[4].front() == '*';
  return out;
}

bool Schedule::day_fits(sys_days day) const {
  const year_month_day date(day);
  if (!months_[static_cast<unsigned>(date.month())]) return false;
  const bool by_day = days_[static_cast<unsigned>(date.day())], by_weekday = weekdays_[weekday(day).c_encoding()];
  return any_day_ || any_weekday_ ? by_day && by_weekday : by_day || by_weekday;
}

std::optional<Instant> Schedule::next(Instant after) const {
  constexpr int most_days = 8 * 366 + 2;  // 29 February may be eight years away (1896, 2096)
  sys_days day = floor<days>(after + zone_.offset_at(after)) - days(1);
  for (int i = 0; i < most_days; ++i, day += days(1)) {
    if (!day_fits(day)) continue;
    std::optional<Instant> first;
    // By the clock on the wall; where that is set on, later times may be earlier moments, so all are looked at.
    for (size_t hour = 0; hour < hours_.size(); ++hour) {
      for (size_t minute = 0; hours_[hour] && minute < minutes_.size(); ++minute) {
        if (!minutes_[minute]) continue;
        const Instant at = zone_.moment_of(Instant(day) + std::chrono::hours(hour) + std::chrono::minutes(minute));
        if (at > after && (!first || at < *first)) first = at;
      }
    }
    if (first) return first;
  }
  return std::nullopt;
}

}  // namespace plimsoll::notify
