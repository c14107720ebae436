#include "threatdb/evaluate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace plimsoll::threatdb {
namespace {

using feed::EventKind;
using version::Scheme;

constexpr EventView introduced(std::string_view v) { return {EventKind::introduced, v}; }
constexpr EventView fixed(std::string_view v) { return {EventKind::fixed, v}; }
constexpr EventView last_affected(std::string_view v) { return {EventKind::last_affected, v}; }
constexpr EventView limit(std::string_view v) { return {EventKind::limit, v}; }

RangeVerdict judge(const std::vector<EventView>& events, std::string_view version, Scheme scheme = Scheme::dpkg) {
  return evaluate_range(scheme, events, version);
}

bool affected(const std::vector<EventView>& events, std::string_view version, Scheme scheme = Scheme::dpkg) {
  return judge(events, version, scheme).verdict == Verdict::affected;
}

TEST(Evaluate, FixedIsOutAndIntroducedIsIn) {
  const std::vector<EventView> events{introduced("1.0"), fixed("2.0")};
  EXPECT_FALSE(affected(events, "0.9"));
  EXPECT_TRUE(affected(events, "1.0"));
  EXPECT_TRUE(affected(events, "2.0~rc1"));
  EXPECT_FALSE(affected(events, "2.0"));
  EXPECT_EQ(judge(events, "1.5").fixed, "2.0");
}

TEST(Evaluate, LastAffectedIsIn) {
  const std::vector<EventView> events{introduced("0"), last_affected("2.0")};
  EXPECT_TRUE(affected(events, "2.0"));
  EXPECT_FALSE(affected(events, "2.0.1"));
  EXPECT_EQ(judge(events, "1.0").last_affected, "2.0");
  EXPECT_TRUE(judge(events, "1.0").fixed.empty());
}

TEST(Evaluate, OneVersionAlone) {
  const std::vector<EventView> events{introduced("2.0"), last_affected("2.0")};
  EXPECT_FALSE(affected(events, "1.9"));
  EXPECT_TRUE(affected(events, "2.0"));
  EXPECT_FALSE(affected(events, "2.1"));
}

TEST(Evaluate, SeveralIntervalsInAnyOrder) {
  const std::vector<EventView> events{fixed("3.5"), introduced("3.0"), fixed("1.5"), introduced("0")};
  EXPECT_TRUE(affected(events, "1.0"));
  EXPECT_EQ(judge(events, "1.0").fixed, "1.5");
  EXPECT_FALSE(affected(events, "2.0"));
  EXPECT_TRUE(affected(events, "3.1"));
  EXPECT_EQ(judge(events, "3.1").fixed, "3.5");
  EXPECT_FALSE(affected(events, "3.5"));
}

TEST(Evaluate, FixedAndIntroducedAgainAtOneVersion) {
  const std::vector<EventView> events{introduced("1"), fixed("2"), introduced("2"), fixed("3")};
  EXPECT_TRUE(affected(events, "2"));
  EXPECT_TRUE(affected(events, "2.5"));
  EXPECT_FALSE(affected({introduced("2"), fixed("2")}, "2.5"));
}

TEST(Evaluate, FixedAtZeroMeansNever) {
  // Alpine's way of saying that a package was never affected.
  EXPECT_FALSE(affected({introduced("0"), fixed("0")}, "1.0-r0", Scheme::apk));
}

TEST(Evaluate, LimitsBoundTheRange) {
  EXPECT_TRUE(affected({introduced("0"), limit("2")}, "1"));
  EXPECT_FALSE(affected({introduced("0"), limit("2")}, "2"));
  EXPECT_TRUE(affected({introduced("0"), limit("2"), limit("4")}, "3"));
  EXPECT_TRUE(affected({introduced("0"), limit("*")}, "99"));
}

TEST(Evaluate, PreReleasesOfSemver) {
  const std::vector<EventView> events{introduced("0"), fixed("1.0.0")};
  EXPECT_TRUE(affected(events, "1.0.0-rc.1", Scheme::semver));
  EXPECT_FALSE(affected(events, "1.0.0+build", Scheme::semver));
}

TEST(Evaluate, WhatCanNotBeComparedIsUnknown) {
  EXPECT_EQ(judge({introduced("0"), fixed("1.0.0")}, "not a version", Scheme::semver).verdict, Verdict::unknown);
  EXPECT_EQ(judge({introduced("0"), fixed("nightly.2026-03-10.0")}, "1.0.0", Scheme::semver).verdict, Verdict::unknown);
  EXPECT_EQ(judge({introduced("0")}, "not a version", Scheme::semver).verdict, Verdict::affected)
      << "every version is affected";
}

TEST(Evaluate, NoEventsNoVerdict) { EXPECT_EQ(judge({}, "1").verdict, Verdict::unaffected); }

// The schema's own pseudo-code, word for word: sort, then walk.
bool by_the_schema(std::vector<std::pair<EventKind, int>> events, int version) {
  bool before_limits = true;
  std::vector<int> limits;
  for (const auto& [kind, at] : events) {
    if (kind == EventKind::limit) limits.push_back(at);
  }
  if (!limits.empty()) before_limits = std::any_of(limits.begin(), limits.end(), [&](int at) { return version < at; });
  if (!before_limits) return false;
  std::stable_sort(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  bool vulnerable = false;
  for (const auto& [kind, at] : events) {
    if (kind == EventKind::introduced && version >= at) vulnerable = true;
    if (kind == EventKind::fixed && version >= at) vulnerable = false;
    if (kind == EventKind::last_affected && version > at) vulnerable = false;
  }
  return vulnerable;
}

TEST(Evaluate, AgreesWithTheSchemaOnRandomRanges) {
  std::mt19937 random(20261124);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  int affected_ones = 0;
  for (int round = 0; round < 20000; ++round) {
    std::vector<std::pair<EventKind, int>> events;
    std::vector<std::string> texts;
    for (int i = pick(7); i >= 0; --i) {
      const int kind = pick(10);
      events.emplace_back(kind < 5   ? EventKind::introduced
                          : kind < 7 ? EventKind::fixed
                          : kind < 9 ? EventKind::last_affected
                                     : EventKind::limit,
                          pick(8));
      texts.push_back(std::to_string(events.back().second) + (events.back().second == 0 ? "" : ".0.0"));
    }
    const int version = pick(9);
    std::vector<EventView> views;
    for (size_t i = 0; i < events.size(); ++i) views.push_back({events[i].first, texts[i]});
    const std::string text = version == 0 ? "0" : std::to_string(version) + ".0.0";
    const bool expected = by_the_schema(events, version);
    ASSERT_EQ(affected(views, text, Scheme::semver), expected) << "round " << round << " version " << text;
    affected_ones += expected ? 1 : 0;
  }
  EXPECT_GT(affected_ones, 2000);
  EXPECT_LT(affected_ones, 18000);
}

}  // namespace
}  // namespace plimsoll::threatdb
