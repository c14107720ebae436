#include "notify/schedule.h"

#include <gtest/gtest.h>
#include <time.h>

#include <cstdlib>
#include <random>

#include "base/file.h"

using namespace plimsoll;
using namespace plimsoll::notify;

namespace {

Instant at(std::string_view text) { return *parse_rfc3339(text); }

std::string next(const std::string& schedule, std::string_view after, const std::string& zone = "UTC") {
  const auto parsed = Schedule::parse(schedule, *TimeZone::load(zone));
  if (!parsed.ok()) return parsed.error().message;
  const auto found = parsed->next(at(after));
  return found ? format_rfc3339(*found) : "never";
}

TEST(Schedule, Words) {
  EXPECT_EQ(next("daily 07:30", "2026-11-28T07:29:59Z"), "2026-11-28T07:30:00Z");
  EXPECT_EQ(next("daily 07:30", "2026-11-28T07:30:00Z"), "2026-11-29T07:30:00Z");
  EXPECT_EQ(next("weekly mon 07:30", "2026-11-28T12:00:00Z"), "2026-11-30T07:30:00Z");
  EXPECT_EQ(next("monthly 1 00:00", "2026-11-28T12:00:00Z"), "2026-12-01T00:00:00Z");
  EXPECT_EQ(next("hourly", "2026-11-28T12:00:00Z"), "2026-11-28T13:00:00Z");
}

TEST(Schedule, Cron) {
  EXPECT_EQ(next("*/20 * * * *", "2026-11-28T12:01:00Z"), "2026-11-28T12:20:00Z");
  EXPECT_EQ(next("0 9-17/4 * * *", "2026-11-28T13:00:00Z"), "2026-11-28T17:00:00Z");
  EXPECT_EQ(next("0 0 29 2 *", "2026-11-28T12:00:00Z"), "2028-02-29T00:00:00Z");
  EXPECT_EQ(next("0 0 30 2 *", "2026-11-28T12:00:00Z"), "never");
  EXPECT_EQ(next("0 0 1,15 * *", "2026-11-28T12:00:00Z"), "2026-12-01T00:00:00Z");
  EXPECT_EQ(next("5 4 * jan-mar sun", "2026-11-28T12:00:00Z"), "2027-01-03T04:05:00Z");
  EXPECT_EQ(next("0 0 * * 7", "2026-11-28T12:00:00Z"), "2026-11-29T00:00:00Z");
  // Both days restricted: either one.
  EXPECT_EQ(next("0 0 13 * fri", "2026-11-28T12:00:00Z"), "2026-12-04T00:00:00Z");
}

TEST(Schedule, ByTheClockOfAPlace) {
  EXPECT_EQ(next("daily 07:30", "2026-07-01T00:00:00Z", "Europe/Berlin"), "2026-07-01T05:30:00Z");
  EXPECT_EQ(next("daily 07:30", "2026-12-01T00:00:00Z", "Europe/Berlin"), "2026-12-01T06:30:00Z");
  // Leapt over: 02:30 of 29 March 2026 is not there.
  EXPECT_EQ(next("daily 02:30", "2026-03-28T12:00:00Z", "Europe/Berlin"), "2026-03-29T01:30:00Z");
  // Twice there on 25 October: done once, the first time.
  EXPECT_EQ(next("daily 02:30", "2026-10-24T12:00:00Z", "Europe/Berlin"), "2026-10-25T00:30:00Z");
  EXPECT_EQ(next("daily 02:30", "2026-10-25T00:30:00Z", "Europe/Berlin"), "2026-10-26T01:30:00Z");
  // A zone that is ahead by most of a day.
  EXPECT_EQ(next("daily 00:05", "2026-11-28T12:00:00Z", "Pacific/Kiritimati"), "2026-11-29T10:05:00Z");
}

TEST(Schedule, WhatIsNoneSaysWhy) {
  for (const char* text : {"", "daily", "daily 25:00", "weekly 07:30", "60 * * * *", "* * 0 * *", "* * * 13 *",
                           "a b c d e", "5-1 * * * *", "*/0 * * * *", "* * * * * *", "1- * * * *"}) {
    const auto parsed = Schedule::parse(text, TimeZone());
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_GT(parsed.error().message.size(), 20u) << text;
  }
}

// glibc knows the same files and reads them its own way.
TEST(TimeZone, AgreesWithTheCLibrary) {
  std::mt19937 random(20261128);
  std::uniform_int_distribution<int64_t> moments(0, 4'000'000'000);  // 1970 to 2096
  for (const char* name : {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
                           "America/Sao_Paulo", "Africa/Casablanca", "Pacific/Apia", "Europe/Dublin", "Asia/Tehran"}) {
    const auto zone = TimeZone::load(name);
    ASSERT_TRUE(zone.ok()) << name << zone.error().to_string();
    ::setenv("TZ", name, 1);
    ::tzset();
    for (int i = 0; i < 2000; ++i) {
      const int64_t moment = moments(random);
      const time_t as_time = moment;
      tm local{};
      ::localtime_r(&as_time, &local);
      const Instant instant{std::chrono::seconds(moment)};
      ASSERT_EQ(zone->offset_at(instant).count(), local.tm_gmtoff) << name << " " << moment;
      const Instant back = zone->moment_of(instant + zone->offset_at(instant));
      // The same moment, or the first of two with the same time on the clock.
      ASSERT_TRUE(back == instant ||
                  (back < instant && back + zone->offset_at(back) == instant + zone->offset_at(instant)))
          << name << " " << moment;
    }
  }
  ::unsetenv("TZ");
  ::tzset();
}

TEST(TimeZone, BrokenFilesAreRefused) {
  EXPECT_FALSE(TimeZone::load("../../../etc/passwd").ok());
  EXPECT_FALSE(TimeZone::load("No/Where").ok());
  EXPECT_FALSE(TimeZone::load("").ok());
  const std::string good = *read_file("/usr/share/zoneinfo/Europe/Berlin");
  ASSERT_TRUE(TimeZone::parse(good).ok());
  for (size_t length = 0; length < good.size() - 40; length += 7)
    EXPECT_FALSE(TimeZone::parse(good.substr(0, length)).ok());
  std::mt19937 random(1);
  for (int i = 0; i < 3000; ++i) {
    std::string bad = good;
    for (int k = 0; k < 4; ++k) bad[random() % bad.size()] = static_cast<char>(random());
    if (const auto zone = TimeZone::parse(bad); zone.ok()) (void)zone->moment_of(at("2040-01-01"));
  }
}

}  // namespace
