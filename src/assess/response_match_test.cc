#include "assess/response_match.h"

#include <gtest/gtest.h>

#include <random>

namespace plimsoll::assess {
namespace {

using std::chrono::seconds;
const Instant start{seconds{1'700'000'000}};

AssetReport asset_of(const std::string& name, int score) {
  AssetReport out;
  out.asset.id = {"docker:" + name};
  out.asset.name = name;
  out.asset.kind = AssetKind::container;
  out.assessment.score = score;
  out.assessment.level = score >= 90 ? ThreatLevel::critical : ThreatLevel::low;
  return out;
}

Report world(std::initializer_list<std::pair<const char*, int>> assets) {
  Report out;
  for (const auto& [name, score] : assets) out.assets.push_back(asset_of(name, score));
  return out;
}

ResponsePolicy one_rule(int score, ResponseMode mode = ResponseMode::enforce) {
  ResponseRule rule;
  rule.id = "r";
  rule.when.score = score;
  rule.mode = mode;
  rule.actions.resize(1);
  ResponsePolicy out;
  out.rules = {rule};
  return out;
}

TEST(ResponseMatch, FiresWhenItBeginsAndAgainAfterTheCooldown) {
  const ResponsePolicy policy = one_rule(80);
  ResponseMemory memory;
  const Report report = world({{"a", 85}, {"b", 10}});
  ResponseDecision first = decide_responses(report, policy, {}, memory, start);
  ASSERT_EQ(first.proposals.size(), 1u);
  EXPECT_EQ(first.proposals[0].asset.value, "docker:a");
  EXPECT_EQ(first.proposals[0].why, "score 85 (low)");
  EXPECT_TRUE(decide_responses(report, policy, {}, memory, start + seconds{3599}).proposals.empty());
  EXPECT_TRUE(decide_responses(report, policy, {{"r", {"docker:a"}}}, memory, start + seconds{3600}).proposals.empty());
  EXPECT_EQ(decide_responses(report, policy, {}, memory, start + seconds{3600}).proposals.size(), 1u);
}

TEST(ResponseMatch, FlappingDoesNotGetRoundTheCooldown) {
  const ResponsePolicy policy = one_rule(80);
  ResponseMemory memory;
  EXPECT_EQ(decide_responses(world({{"a", 85}}), policy, {}, memory, start).proposals.size(), 1u);
  EXPECT_TRUE(decide_responses(world({{"a", 10}}), policy, {}, memory, start + seconds{1}).proposals.empty());
  EXPECT_TRUE(decide_responses(world({{"a", 85}}), policy, {}, memory, start + seconds{2}).proposals.empty());
}

TEST(ResponseMatch, ObservingTellsOnce) {
  const ResponsePolicy policy = one_rule(80, ResponseMode::observe);
  ResponseMemory memory;
  const Report report = world({{"a", 85}});
  EXPECT_EQ(decide_responses(report, policy, {}, memory, start).proposals.size(), 1u);
  EXPECT_TRUE(decide_responses(report, policy, {}, memory, start + seconds{90000}).proposals.empty());
}

TEST(ResponseMatch, MustHoldForItsTime) {
  ResponsePolicy policy = one_rule(80);
  policy.rules[0].held_for = seconds{60};
  ResponseMemory memory;
  EXPECT_TRUE(decide_responses(world({{"a", 85}}), policy, {}, memory, start).proposals.empty());
  EXPECT_TRUE(decide_responses(world({{"a", 5}}), policy, {}, memory, start + seconds{30}).proposals.empty());
  EXPECT_TRUE(decide_responses(world({{"a", 85}}), policy, {}, memory, start + seconds{60}).proposals.empty());
  EXPECT_EQ(decide_responses(world({{"a", 85}}), policy, {}, memory, start + seconds{120}).proposals.size(), 1u);
}

TEST(ResponseMatch, ARuleThatWouldHitEverythingIsHeldBackAndSaysSoOnce) {
  const ResponsePolicy policy = one_rule(0);
  ResponseMemory memory;
  const Report report = world({{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}});
  const ResponseDecision first = decide_responses(report, policy, {}, memory, start);
  EXPECT_TRUE(first.proposals.empty());
  ASSERT_EQ(first.held_back.size(), 1u);
  EXPECT_EQ(first.held_back[0].assets.size(), 4u);
  EXPECT_NE(first.held_back[0].why.find("its limit is 3"), std::string::npos) << first.held_back[0].why;
  EXPECT_TRUE(decide_responses(report, policy, {}, memory, start + seconds{1}).held_back.empty());
}

TEST(ResponseMatch, TheLimitCountsWhatWasActedOnBefore) {
  const ResponsePolicy policy = one_rule(80);
  ResponseMemory memory;
  EXPECT_EQ(decide_responses(world({{"a", 85}, {"b", 85}}), policy, {}, memory, start).proposals.size(), 2u);
  const Report more = world({{"a", 85}, {"b", 85}, {"c", 85}, {"d", 85}});
  const ResponseDecision second = decide_responses(more, policy, {}, memory, start + seconds{10});
  EXPECT_TRUE(second.proposals.empty());
  ASSERT_EQ(second.held_back.size(), 1u);
  // One alone is within it.
  EXPECT_EQ(decide_responses(world({{"a", 85}, {"b", 85}, {"c", 85}}), policy, {}, memory, start + seconds{20})
                .proposals.size(),
            1u);
}

TEST(ResponseMatch, ScoresThatRise) {
  ResponsePolicy policy = one_rule(0);
  policy.rules[0].when.score.reset();
  policy.rules[0].when.rises = ScoreRise{20, seconds{600}};
  ResponseMemory memory;
  EXPECT_TRUE(decide_responses(world({{"a", 30}}), policy, {}, memory, start).proposals.empty());
  EXPECT_TRUE(decide_responses(world({{"a", 45}}), policy, {}, memory, start + seconds{10}).proposals.empty());
  const auto fired = decide_responses(world({{"a", 50}}), policy, {}, memory, start + seconds{20});
  ASSERT_EQ(fired.proposals.size(), 1u);
  EXPECT_EQ(fired.proposals[0].why, "score rose from 30 to 50");
  // What was low too long ago does not count, however often it was seen.
  ResponseMemory other;
  EXPECT_TRUE(decide_responses(world({{"a", 30}}), policy, {}, other, start).proposals.empty());
  EXPECT_TRUE(decide_responses(world({{"a", 45}}), policy, {}, other, start + seconds{10}).proposals.empty());
  EXPECT_TRUE(decide_responses(world({{"a", 45}}), policy, {}, other, start + seconds{600}).proposals.empty());
  EXPECT_TRUE(decide_responses(world({{"a", 50}}), policy, {}, other, start + seconds{610}).proposals.empty());
}

TEST(ResponseMatch, ThreatsChecksRoutesAndExposure) {
  AssetReport asset = asset_of("a", 50);
  Threat flaw;
  flaw.id = {"CVE-2021-44228"};
  flaw.known_exploited = true;
  flaw.severity.level = SeverityLevel::critical;
  Threat attack;
  attack.id = {"net.http.log4shell"};
  attack.kind = ThreatKind::network;
  attack.aliases = {"CVE-2021-44228"};
  asset.threats = {flaw};
  ResponseCondition condition;
  condition.attacked_weakness = true;
  EXPECT_FALSE(holds(condition, asset, start).holds);
  asset.threats.push_back(attack);
  EXPECT_EQ(holds(condition, asset, start).why, "net.http.log4shell against CVE-2021-44228, which it has");

  condition = {};
  condition.threat = ThreatPattern{{ThreatKind::vulnerability}, {"CVE-2021-*"}, SeverityLevel::high, {}, true};
  EXPECT_TRUE(holds(condition, asset, start).holds);
  condition.threat->fixable = true;
  EXPECT_FALSE(holds(condition, asset, start).holds);

  condition = {};
  condition.detections = {"net.scan*"};
  EXPECT_FALSE(holds(condition, asset, start).holds);
  condition.detections = {"net.http.*"};
  EXPECT_TRUE(holds(condition, asset, start).holds);

  condition = {};
  condition.wan = true;
  EXPECT_FALSE(holds(condition, asset, start).holds);
  asset.assessment.wan.can_take_connections.holds = true;
  EXPECT_TRUE(holds(condition, asset, start).holds);

  condition = {};
  condition.escape = Certainty::likely;
  RouteFinding route;
  route.id = "esc.privileged";
  route.certainty = Certainty::maybe;
  asset.assessment.routes = {route};
  EXPECT_FALSE(holds(condition, asset, start).holds);
  asset.assessment.routes[0].certainty = Certainty::sure;
  EXPECT_TRUE(holds(condition, asset, start).holds);
  asset.assessment.routes[0].assessed = false;
  EXPECT_FALSE(holds(condition, asset, start).holds);
}

TEST(ResponseMatch, WindowsOverMidnight) {
  ResponseCondition condition;
  condition.between = TimeWindow{22 * 60, 6 * 60, {6}};  // Saturday night
  const AssetReport asset = asset_of("a", 1);
  const auto at = [](const char* text) { return *parse_rfc3339(text); };
  EXPECT_TRUE(holds(condition, asset, at("2026-11-28T22:00:00Z")).holds);  // a Saturday
  EXPECT_TRUE(holds(condition, asset, at("2026-11-29T05:59:00Z")).holds);  // the Sunday after it
  EXPECT_FALSE(holds(condition, asset, at("2026-11-29T06:00:00Z")).holds);
  EXPECT_FALSE(holds(condition, asset, at("2026-11-28T05:00:00Z")).holds);  // Friday night
}

// Whatever happens: no more assets are acted on within the time than the limit says, none twice within the cooldown,
// none that its rule's condition does not hold for, and the same past gives the same answer.
TEST(ResponseMatch, KeepsItsPromisesOnRandomWorlds) {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    ResponsePolicy policy = one_rule(static_cast<int>(random() % 100));
    ResponseRule& rule = policy.rules[0];
    rule.limit = {1 + static_cast<int>(random() % 4), seconds{1 + random() % 100}};
    rule.cooldown = seconds{random() % 100};
    rule.held_for = seconds{random() % 3 * 10};
    if (random() % 2 == 0) rule.unless.score = static_cast<int>(random() % 100);
    ResponseMemory memory, twin;
    std::vector<std::pair<Instant, AssetId>> acted;
    Instant now = start;
    for (int step = 0; step < 40; ++step) {
      now += seconds{random() % 30};
      Report report;
      for (int i = 0; i < 8; ++i) {
        if (random() % 4 != 0)
          report.assets.push_back(
              asset_of(std::string(1, static_cast<char>('a' + i)), static_cast<int>(random() % 101)));
      }
      const auto decision = decide_responses(report, policy, {}, memory, now);
      ASSERT_EQ(decide_responses(report, policy, {}, twin, now).proposals.size(), decision.proposals.size());
      std::set<AssetId> within;
      for (const ResponseProposal& p : decision.proposals) {
        for (const AssetReport& asset : report.assets) {
          if (asset.asset.id != p.asset) continue;
          EXPECT_TRUE(holds(rule.when, asset, now).holds);
          EXPECT_TRUE(rule.unless.empty() || !holds(rule.unless, asset, now).holds);
        }
        for (const auto& [at, id] : acted) EXPECT_FALSE(id == p.asset && now - at < rule.cooldown && now != at);
        acted.emplace_back(now, p.asset);
      }
      for (const auto& [at, id] : acted) {
        if (now - at < rule.limit.within) within.insert(id);
      }
      EXPECT_LE(within.size(), static_cast<size_t>(rule.limit.most));
    }
  }
}

}  // namespace
}  // namespace plimsoll::assess
