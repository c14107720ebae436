#include "server/response_desk.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "system/test_directory.h"

namespace plimsoll::server {
namespace {

using std::chrono::seconds;
using Kind = wire::ResponseRequest::Kind;

class DeskTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = journal::open_journal(directory_ / "journal.db");
    ASSERT_TRUE(opened.ok()) << opened.error().to_string();
    journal_ = std::move(*opened);
    for (const ResponseMode mode : {ResponseMode::observe, ResponseMode::enforce}) {
      ResponseRule rule;
      rule.id = std::string(name_of(mode));
      rule.mode = mode;
      rule.when.score = 80;
      rule.actions.resize(2);
      rule.actions[1].kind = ActionKind::pause;
      policy_.rules.push_back(rule);
    }
  }
  ResponseDesk desk(bool acts = true) {
    return ResponseDesk({*journal_, policy_, acts,
                         [this](const wire::ResponseRequest& request) {
                           asked_.push_back(request);
                           return true;
                         },
                         [this] { return now_; },
                         [this](const std::string& id, const std::vector<std::string>&, const ResponseRecord&) {
                           alerts_.push_back(id);
                         }});
  }
  static Report world(std::initializer_list<const char*> names) {
    Report out;
    for (const char* name : names) {
      AssetReport& asset = out.assets.emplace_back();
      asset.asset.id = {std::string("docker:") + name};
      asset.asset.kind = AssetKind::container;
      asset.asset.name = name;
      asset.assessment.score = 93;
    }
    return out;
  }
  ResponseRecord record(ResponsePhase phase, size_t changes) const {
    ResponseRecord out;
    out.id = "r-1";
    out.rule = "enforce";
    out.asset = {"docker:a"};
    out.phase = phase;
    out.steps.resize(1);
    constexpr ResponsePhase phases[] = {ResponsePhase::planned, ResponsePhase::applied, ResponsePhase::verified,
                                        ResponsePhase::undoing, ResponsePhase::done};
    for (size_t i = 0; i < changes; ++i) out.changes.push_back({phases[i], now_, "rule:enforce", ""});
    return out;
  }
  std::vector<std::string> journalled() const {
    journal::EventQuery query;
    query.kind = "response.";
    query.limit = 1000;
    std::vector<std::string> out;
    const auto events = journal_->events(query);
    for (const journal::Event& event : *events) out.push_back(event.kind.substr(9));
    return out;
  }

  system::TestDirectory directory_;
  std::unique_ptr<journal::Journal> journal_;
  ResponsePolicy policy_;
  Instant now_{seconds{1'700'000'000}};
  std::vector<wire::ResponseRequest> asked_;
  std::vector<std::string> alerts_;
};

TEST_F(DeskTest, AsksForWhatIsEnforcedAndTellsWhatIsObserved) {
  ResponseDesk it = desk();
  it.judge(world({"a"}));
  ASSERT_EQ(asked_.size(), 1u);
  EXPECT_EQ(asked_[0].rule, "enforce");
  EXPECT_EQ(asked_[0].asset.value, "docker:a");
  EXPECT_EQ(journalled(), std::vector<std::string>{"would"});
  it.judge(world({"a"}));
  EXPECT_EQ(asked_.size(), 1u);
}

TEST_F(DeskTest, WhereNobodyActsEveryRuleObserves) {
  ResponseDesk it = desk(false);
  it.judge(world({"a"}));
  EXPECT_TRUE(asked_.empty());
  EXPECT_EQ(journalled(), (std::vector<std::string>{"would", "would"}));
  EXPECT_FALSE(it.dry_run("enforce", {"docker:a"}).ok());
}

TEST_F(DeskTest, ARuleThatIsHeldBackSaysSoAndAlerts) {
  ResponseDesk it = desk();
  it.judge(world({"a", "b", "c", "d"}));
  EXPECT_TRUE(asked_.empty());
  EXPECT_EQ(journalled(), (std::vector<std::string>{"held", "held"}));
  EXPECT_EQ(alerts_.size(), 2u);
}

TEST_F(DeskTest, EachChangeIsJournalledOnceAlsoOverARestart) {
  {
    ResponseDesk it = desk();
    it.take(record(ResponsePhase::applied, 2));
    it.take(record(ResponsePhase::applied, 2));
    it.take(record(ResponsePhase::verified, 3));
  }
  EXPECT_EQ(journalled(), (std::vector<std::string>{"planned", "applied", "verified"}));
  ResponseDesk again = desk();
  again.take(record(ResponsePhase::done, 5));
  EXPECT_EQ(journalled(), (std::vector<std::string>{"planned", "applied", "verified", "undoing", "done"}));
  EXPECT_EQ(alerts_, (std::vector<std::string>{"r-1-3", "r-1-5"}));
  EXPECT_EQ(again.list().size(), 1u);
}

TEST_F(DeskTest, WhatIsInForceIsNeverForgotten) {
  ResponseDesk it = desk();
  it.take(record(ResponsePhase::verified, 0));
  for (int i = 0; i < 2100; ++i) {
    ResponseRecord other = record(ResponsePhase::done, 0);
    other.id = "r-2-" + std::to_string(i);
    it.take(other);
  }
  EXPECT_EQ(it.list().size(), 2000u);
  ASSERT_TRUE(it.find("r-1"));
  EXPECT_EQ(it.open().at({"docker:a"}).size(), 1u);
}

TEST_F(DeskTest, PeopleDecideWhatWaitsAndReleaseWhatIsInForce) {
  ResponseDesk it = desk();
  EXPECT_EQ(it.decide(Kind::release, "r-1", "user:anna").error().kind, ErrorKind::not_found);
  it.take(record(ResponsePhase::verified, 3));
  EXPECT_EQ(it.decide(Kind::approve, "r-1", "user:anna").error().kind, ErrorKind::conflict);
  EXPECT_TRUE(it.decide(Kind::release, "r-1", "user:anna").ok());
  ASSERT_EQ(asked_.size(), 1u);
  EXPECT_EQ(asked_[0].actor, "user:anna");
  it.take(record(ResponsePhase::done, 5));
  EXPECT_EQ(it.decide(Kind::release, "r-1", "user:anna").error().kind, ErrorKind::conflict);
}

TEST_F(DeskTest, ADryRunGetsItsAnswer) {
  ResponseDesk it = desk();
  EXPECT_EQ(it.dry_run("other", {"docker:a"}).error().kind, ErrorKind::not_found);
  std::atomic<bool> answered{false};
  std::thread other([&] {
    for (int i = 0; i < 100 && !answered; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      it.take(wire::PlanAnswer{1, "", record(ResponsePhase::planned, 0)});
    }
  });
  const auto plan = it.dry_run("enforce", {"docker:a"});
  answered = true;
  other.join();
  ASSERT_TRUE(plan.ok()) << plan.error().to_string();
  EXPECT_EQ(plan->id, "r-1");
}

}  // namespace
}  // namespace plimsoll::server
