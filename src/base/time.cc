#include "base/time.h"

#include <cstdio>

#include "base/text.h"

namespace plimsoll {

using namespace std::chrono;

std::string format_rfc3339(Instant at) {
  const sys_days day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss clock(at - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

namespace {

std::optional<unsigned> number(std::string_view text, size_t at, size_t length) {
  if (text.size() < at + length) return std::nullopt;
  const auto value = parse_uint(text.substr(at, length));
  return value ? std::optional(static_cast<unsigned>(*value)) : std::nullopt;
}

// The zone at the end: "Z", "+hh:mm" or "-hh:mm"; nothing when malformed.
std::optional<seconds> parse_zone(std::string_view zone) {
  if (zone == "Z" || zone == "z") return seconds(0);
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
  const auto h = number(zone, 1, 2);
  const auto m = number(zone, 4, 2);
  if (!h || !m || *h > 23 || *m > 59) return std::nullopt;
  const seconds offset = hours(*h) + minutes(*m);
  return zone[0] == '-' ? -offset : offset;
}

}  // namespace

std::optional<Instant> parse_rfc3339(std::string_view text) {
  const auto y = number(text, 0, 4), mo = number(text, 5, 2), d = number(text, 8, 2);
  if (!y || !mo || !d || text[4] != '-' || text[7] != '-') return std::nullopt;
  const year_month_day date{year(static_cast<int>(*y)), month(*mo), day(*d)};
  if (!date.ok()) return std::nullopt;
  if (text.size() == 10) return Instant(sys_days(date));
  const auto h = number(text, 11, 2), mi = number(text, 14, 2), s = number(text, 17, 2);
  if (!h || !mi || !s || *h > 23 || *mi > 59 || *s > 60) return std::nullopt;
  size_t end = 19;
  if (end < text.size() && text[end] == '.') {
    do ++end;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9');
  }
  const auto zone = parse_zone(text.substr(end));
  if (!zone) return std::nullopt;
  return Instant(sys_days(date)) + hours(*h) + minutes(*mi) + seconds(*s) - *zone;
}

}  // namespace plimsoll
