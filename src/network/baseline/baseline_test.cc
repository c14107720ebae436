#include "network/baseline/baseline.h"

#include <gtest/gtest.h>

namespace plimsoll::network {
namespace {

using namespace std::chrono_literals;

const Instant kStart = *parse_rfc3339("2026-03-02T00:00:00Z");

GroupSighting usual(const std::string& group = "shop/web") {
  return {
      group,
      3600s,
      100,
      {{TraitKind::peer, "to shop/redis"}, {TraitKind::protocol, "Redis as client"}, {TraitKind::listener, "tcp 80"}},
      {}};
}

// A group that was watched for `hours`, an hour at a time; the time afterwards.
Instant watch(Baseline& baseline, int hours, Instant from = kStart, const GroupSighting& what = usual()) {
  for (int i = 0; i < hours; ++i) {
    EXPECT_TRUE(baseline.see(what, from).anomalies.empty());
    from += 1h;
  }
  return from;
}

GroupSighting with(GroupSighting sighting, Trait trait) {
  sighting.traits.push_back(std::move(trait));
  return sighting;
}

TEST(Baseline, IsSilentWhileItLearns) {
  Baseline baseline;
  Instant now = watch(baseline, 12);
  const Abnormality verdict = baseline.see(with(usual(), {TraitKind::destination, "evil.example"}), now);
  EXPECT_NEAR(verdict.learned, 13.0 / 24, 0.01);
  EXPECT_EQ(verdict.weight, 0);
  EXPECT_TRUE(verdict.anomalies.empty());
}

TEST(Baseline, NeedsFlowsToo) {
  Baseline baseline;
  GroupSighting idle = usual();
  idle.flows = 1;
  watch(baseline, 30, kStart, idle);
  EXPECT_LT(baseline.see(idle, kStart + 30h).learned, 0.1);
}

TEST(Baseline, WhatIsNewIsAbnormalByItsKind) {
  const std::pair<TraitKind, double> kinds[] = {
      {TraitKind::destination, 0.7}, {TraitKind::listener, 0.5}, {TraitKind::protocol, 0.4}, {TraitKind::peer, 0.3}};
  for (const auto& [kind, weight] : kinds) {
    Baseline baseline;
    const Instant now = watch(baseline, 30);
    const Abnormality verdict = baseline.see(with(usual(), {kind, "something new"}), now);
    EXPECT_EQ(verdict.learned, 1);
    EXPECT_NEAR(verdict.weight, weight, 1e-9);
    ASSERT_EQ(verdict.anomalies.size(), 1u);
    EXPECT_NE(verdict.anomalies[0].find("something new: never seen of shop/web in 1 d 7 h"), std::string::npos)
        << verdict.anomalies[0];
  }
}

TEST(Baseline, FadesWithTimeAndDoesNotFlap) {
  Baseline baseline;
  Instant now = watch(baseline, 30);
  baseline.see(with(usual(), {TraitKind::listener, "tcp 4444"}), now);
  EXPECT_NEAR(baseline.see(usual(), now + 12h).weight, 0.25, 1e-6);  // below the threshold that opens
  EXPECT_EQ(baseline.see(usual(), now + 24h).weight, 0);             // below the one that closes
}

TEST(Baseline, OneVisitWhileLearningTeachesNothing) {
  Baseline baseline;
  baseline.see(with(usual(), {TraitKind::destination, "evil.example"}), kStart);
  const Instant now = watch(baseline, 30, kStart + 1h);
  EXPECT_NEAR(baseline.see(with(usual(), {TraitKind::destination, "evil.example"}), now).weight, 0.7, 1e-9);
}

TEST(Baseline, WhatCameWithAnAttackIsNeverLearned) {
  Baseline baseline;
  GroupSighting attacked = with(usual(), {TraitKind::destination, "evil.example"});
  attacked.distrusted = {{TraitKind::destination, "evil.example"}};
  for (int i = 0; i < 25; ++i) baseline.see(attacked, kStart + i * 1h);
  EXPECT_GT(baseline.see(attacked, kStart + 25h).weight, 0.6);  // learned, and it is as new as ever
}

TEST(Baseline, WhatStaysBecomesKnownAfterThreeDays) {
  Baseline baseline;
  Instant now = watch(baseline, 30);
  const GroupSighting changed = with(usual(), {TraitKind::peer, "to shop/queue"});
  EXPECT_GT(baseline.see(changed, now).weight, 0);
  for (int i = 1; i <= 3; ++i) baseline.see(changed, now + i * 24h);
  EXPECT_EQ(baseline.see(changed, now + 73h).weight, 0);
}

TEST(Baseline, FrozenItLearnsNothing) {
  Baseline baseline;
  Instant now = watch(baseline, 30);
  baseline.freeze(true);
  const GroupSighting changed = with(usual(), {TraitKind::listener, "tcp 4444"});
  for (int i = 0; i <= 5; ++i) baseline.see(changed, now + i * 24h);
  EXPECT_NE(baseline.groups().at("shop/web").traits.at({TraitKind::listener, "tcp 4444"}).abnormal_since, Instant{});
}

TEST(Baseline, DestinationsThatManyGroupsHaveWeighLess) {
  Baseline baseline;
  for (int i = 0; i < 3; ++i) {
    watch(baseline, 30, kStart, with(usual("g" + std::to_string(i)), {TraitKind::destination, "mirror.example"}));
  }
  const Instant now = watch(baseline, 30);
  const Abnormality verdict = baseline.see(with(usual(), {TraitKind::destination, "mirror.example"}), now);
  EXPECT_EQ(verdict.weight, 0);  // 0.2 does not open
}

TEST(Baseline, IsBounded) {
  Baseline baseline;
  GroupSighting many = usual();
  for (int i = 0; i < 1000; ++i) many.traits.push_back({TraitKind::listener, "tcp " + std::to_string(i)});
  baseline.see(many, kStart);
  EXPECT_LE(baseline.groups().at("shop/web").traits.size(), 64u + 2u);
  EXPECT_GT(baseline.groups().at("shop/web").forgotten, 900u);
  for (int i = 0; i < 2500; ++i) baseline.see(usual("g" + std::to_string(i)), kStart + 1h);
  EXPECT_EQ(baseline.groups().size(), 2000u);
}

TEST(Baseline, IsTheSameAfterItWasKept) {
  Baseline baseline;
  const Instant now = watch(baseline, 30);
  baseline.see(with(usual("odd \"name\"\n"), {TraitKind::destination, "evil.example"}), now);
  baseline.see(with(usual(), {TraitKind::destination, "evil.example"}), now);
  const auto again = Baseline::from_json(baseline.to_json(), "b.json");
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  EXPECT_EQ(again->to_json().size(), Baseline::from_json(again->to_json(), "b.json")->to_json().size());
  EXPECT_EQ(again->groups().at("shop/web"), baseline.groups().at("shop/web"));
}

TEST(Baseline, RefusesWhatIsNone) {
  for (const char* text : {"", "[]", "{}", "{\"schema\": \"x\"}", "{\"schema\": \"plimsoll.baseline/1\"}",
                           "{\"schema\": \"plimsoll.baseline/1\", \"frozen\": false, \"groups\": [{}]}"}) {
    EXPECT_FALSE(Baseline::from_json(text, "b.json").ok()) << text;
  }
}

}  // namespace
}  // namespace plimsoll::network
