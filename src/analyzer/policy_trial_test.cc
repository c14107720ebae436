#include "analyzer/policy_trial.h"

#include <gtest/gtest.h>

namespace plimsoll::analyzer {
namespace {

using Change = PolicyTrial::Change;

class TrialTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"db", "web"}) {
      AssetReport& asset = facts_.assets.emplace_back();
      asset.asset.id = {std::string("docker:") + name};
      asset.asset.kind = AssetKind::container;
      asset.asset.name = name;
    }
    facts_.assets[0].asset.labels["data"] = "customers";
    before_.responses.rules = {rule("stays", 0), rule("alters", 0), rule("goes", 0)};
    after_ = before_;
  }
  static ResponseRule rule(const std::string& id, int score) {
    ResponseRule out;
    out.id = id;
    out.when.score = score;
    out.when.on.names = {"db"};
    out.held_for = std::chrono::hours(1);
    out.actions.resize(1);
    out.actions[0].kind = ActionKind::pause;
    return out;
  }
  Result<PolicyTrial> tried(const std::function<bool()>& go_on = {}, bool told = false) {
    return try_policy({facts_, told}, nullptr, {before_, rules_}, {after_, rules_}, Instant{std::chrono::seconds(1000)},
                      go_on);
  }

  Report facts_;
  policy::Policy before_, after_;
  benchmark::RuleSet rules_;
};

TEST_F(TrialTest, TellsWhoseScoreChangesAndWhichRulesFireOtherwise) {
  after_.scoring.user_additions = {{"holds customer data", "data=customers", 40}};
  after_.responses.rules = {rule("stays", 0), rule("alters", 0), rule("new", 40), rule("not", 99)};
  after_.responses.rules[1].mode = ResponseMode::enforce;
  const auto trial = tried();
  ASSERT_TRUE(trial.ok()) << trial.error().to_string();
  EXPECT_EQ(trial->assets, 2u);
  ASSERT_EQ(trial->scores.size(), 1u);
  EXPECT_EQ(trial->scores[0].name, "db");
  EXPECT_EQ(trial->scores[0].after - trial->scores[0].before, 40);
  std::map<std::string, Change> changes;
  for (const PolicyTrial::Firing& firing : trial->responses) {
    if (firing.rule != "stays") changes[firing.rule] = firing.change;
    EXPECT_EQ(firing.asset_name, "db");
    EXPECT_EQ(firing.what, "pause it");
  }
  EXPECT_EQ(changes, (std::map<std::string, Change>{
                         {"alters", Change::altered}, {"new", Change::added}, {"goes", Change::gone}}));
}

TEST_F(TrialTest, SaysWhatALimitHoldsBack) {
  after_.responses.rules = {rule("all", 0)};
  after_.responses.rules[0].when.on.names = {};
  after_.responses.rules[0].limit.most = 1;
  const auto trial = tried();
  ASSERT_TRUE(trial.ok());
  ASSERT_FALSE(trial->responses.empty());
  EXPECT_TRUE(trial->responses[0].held_back);
  EXPECT_EQ(trial->responses[0].change, Change::added);
  EXPECT_NE(trial->responses[0].why, "");
}

TEST_F(TrialTest, EndsWhenItIsTold) {
  int asked = 0;
  const auto trial = tried([&] { return ++asked < 2; });
  ASSERT_FALSE(trial.ok());
  EXPECT_EQ(trial.error().kind, ErrorKind::timeout);
}

TEST_F(TrialTest, TellsWhichThreatsWouldCountNoMoreAndWhichAgain) {
  Threat threat;
  threat.id = {"CVE-2026-0001"};
  threat.severity.score = 9;
  facts_.assets[1].threats = {threat};
  Exception exception;
  exception.id = "e";
  exception.threat = {"CVE-2026-*"};
  exception.scope = Exception::Scope::selection;
  exception.owner = "anna";
  exception.reason = "isolated";
  exception.expires_at = Instant{std::chrono::seconds(2000)};
  after_.exceptions = {exception};
  auto trial = tried({}, true);
  ASSERT_TRUE(trial.ok()) << trial.error().to_string();
  EXPECT_EQ(trial->excepted, 1u);
  ASSERT_EQ(trial->exceptions.size(), 1u);
  EXPECT_EQ(trial->exceptions[0].change, Change::added);
  EXPECT_EQ(trial->exceptions[0].threat.value, "CVE-2026-0001");
  EXPECT_EQ(trial->exceptions[0].asset_name, "web");
  EXPECT_EQ(trial->exceptions[0].owner, "anna");
  std::swap(before_.exceptions, after_.exceptions);
  trial = tried({}, true);
  EXPECT_EQ(trial->excepted, 0u);
  ASSERT_EQ(trial->exceptions.size(), 1u);
  EXPECT_EQ(trial->exceptions[0].change, Change::gone);
  after_.exceptions = before_.exceptions;
  EXPECT_TRUE(tried({}, true)->exceptions.empty());
}

}  // namespace
}  // namespace plimsoll::analyzer
