#pragma once
#include <bitset>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "notify/time_zone.h"

namespace plimsoll::notify {

// When something is to be done, again and again: the five fields of cron (minute, hour, day of month, month, day of
// week; lists, ranges, steps, English names of three letters), or "daily 07:30", "weekly mon 07:30", "monthly 1 07:30",
// "hourly". By the clock of a place.
class Schedule {
 public:
  // malformed: says which field, and what it takes.
  static Result<Schedule> parse(std::string_view text, TimeZone zone);

  // The first moment behind `after`; nothing when there is none within eight years ("30 2 30 2 *").
  std::optional<Instant> next(Instant after) const;
  const std::string& text() const { return text_; }
  const TimeZone& zone() const { return zone_; }

 private:
  static Result<Schedule> parse_cron(std::string_view text);
  bool day_fits(std::chrono::sys_days day) const;

  std::string text_;
  TimeZone zone_;
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;                      // 1 to 31
  std::bitset<13> months_;                    // 1 to 12
  std::bitset<7> weekdays_;                   // 0 is Sunday
  bool any_day_ = true, any_weekday_ = true;  // with both restricted, either is enough: as cron has it
};

}  // namespace plimsoll::notify
