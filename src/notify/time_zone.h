#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace plimsoll::notify {

// The rules by which a place sets its clocks, as the system's zoneinfo files have them (TZif, RFC 8536), with the rule
// for times after the last change that a file lists (its footer: POSIX TZ).
class TimeZone {
 public:
  TimeZone() = default;  // UTC

  // "Europe/Berlin", from /usr/share/zoneinfo. not_found: no such zone, or the package tzdata is not installed.
  static Result<TimeZone> load(std::string_view name);
  // malformed: not a TZif file of version 2 or later.
  static Result<TimeZone> parse(std::string_view bytes);

  // East of Greenwich positive: what is added to UTC at that moment.
  std::chrono::seconds offset_at(Instant at) const;
  // The moment at which a clock on the wall shows `wall` (a time without zone). Where it shows it twice, the first;
  // where it never does, because it leaps over it, the moment it would have been by the clock of before.
  Instant moment_of(Instant wall) const;

  const std::string& name() const { return name_; }

 private:
  // "M3.5.0/2", "J60", "59"
  struct Day {
    char kind = 'M';
    int month = 0, week = 0, day = 0;
    int64_t at = 7200;  // seconds after midnight
  };
  struct Rule {
    int64_t standard = 0, summer = 0;  // offsets
    bool has_summer = false;
    Day begin, end;
  };
  static std::optional<Rule> parse_rule(std::string_view text);
  static int64_t second_of(const Day& day, int year);

  std::string name_ = "UTC";
  std::vector<int64_t> changes_;  // in seconds since the epoch
  std::vector<int32_t> offsets_;  // offsets_[i] holds from changes_[i] on
  int32_t before_ = 0;            // before the first change
  std::optional<Rule> after_;     // behind the last
};

}  // namespace plimsoll::notify
