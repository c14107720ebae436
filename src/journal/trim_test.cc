#include <gtest/gtest.h>

#include <random>

#include "journal/test_store.h"

namespace plimsoll::journal {
namespace {

constexpr int64_t day = 86400;

class Trimming : public WithJournal {
 protected:
  Trimmed trim(const Retention& ages, Instant now) {
    const auto done = journal_->trim(ages, now);
    EXPECT_TRUE(done.ok()) << done.error().to_string();
    return *done;
  }
  NewEvent event_at(Instant when) {
    NewEvent out = event("x");
    out.at = when;
    return out;
  }
  void score(int score, Instant when) {
    Recording how;
    how.whole = false;
    ASSERT_TRUE(journal_->record(report({container("web", score)}, when), how).ok());
  }
};
PLIMSOLL_ON_EACH_ENGINE(Trimming);

TEST_P(Trimming, OldEventsGoAndTheChainStaysWhole) {
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(journal_->append({event_at(at(i * day))}).ok());
  const ChainHead head = journal_->verify()->head;
  EXPECT_EQ(trim({.events = std::chrono::days(4)}, at(9 * day)).events, 5u);
  const auto chain = journal_->verify(head);
  EXPECT_TRUE(chain->whole()) << chain->faults[0].what;
  EXPECT_EQ(chain->first, 6u);
  EXPECT_EQ(journal_->events({.kind = "journal.trimmed"})->size(), 1u);
  ASSERT_TRUE(journal_->append({event("on")}).ok());
  EXPECT_TRUE(journal_->verify()->whole());
  EXPECT_FALSE(journal_->verify(ChainHead{2, head.hash})->whole());  // it can no longer be told
}

TEST_P(Trimming, AllEventsMayGo) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(journal_->append({event_at(at(i))}).ok());
  EXPECT_EQ(trim({}, at(1000 * day)).events, 3u);
  ASSERT_TRUE(journal_->append({event("on")}).ok());
  const auto chain = journal_->verify();
  EXPECT_TRUE(chain->whole()) << chain->faults[0].what;
  EXPECT_EQ(chain->last, 5u);  // the fourth tells of the trimming
}

// A clock that was wrong for a while does not tear the chain: what stands behind a young entry stays.
TEST_P(Trimming, AJumpOfTheClockTearsNothing) {
  for (const int64_t when : {0, 100, 1, 101}) ASSERT_TRUE(journal_->append({event_at(at(when * day))}).ok());
  EXPECT_EQ(trim({.events = std::chrono::days(50)}, at(102 * day)).events, 1u);
  EXPECT_TRUE(journal_->verify()->whole());
  EXPECT_EQ(journal_->events({})->size(), 4u);
}

TEST_P(Trimming, OfOldScoresTheHighestOfADayStays) {
  const Instant midnight(at(0) - at(0).time_since_epoch() % std::chrono::days(1));
  for (const auto& [hour, value] : std::vector<std::pair<int, int>>{{1, 20}, {5, 80}, {9, 30}, {25, 40}, {30, 40}})
    score(value, midnight + std::chrono::hours(hour));
  const auto points = [&] {
    std::vector<int> out;
    const auto found = journal_->history({"docker:web"}, midnight, midnight + std::chrono::days(1000));
    for (const ScorePoint& p : *found) out.push_back(p.score);
    return out;
  };
  EXPECT_EQ(points(), (std::vector<int>{20, 80, 30, 40, 40}));
  EXPECT_EQ(trim({}, midnight + std::chrono::days(1)).scores, 0u);
  EXPECT_EQ(points().size(), 5u);
  EXPECT_EQ(trim({}, midnight + std::chrono::days(20)).scores, 3u);
  EXPECT_EQ(points(), (std::vector<int>{80, 40}));
  EXPECT_EQ(trim({}, midnight + std::chrono::days(20)).scores, 0u);
  trim({}, midnight + std::chrono::days(400));
  EXPECT_EQ(points(), (std::vector<int>{}));
}

TEST_P(Trimming, OldFlowsAreAddedUpByTheHour) {
  const Instant hour(at(0) - at(0).time_since_epoch() % std::chrono::hours(1));
  Flow flow;
  flow.from.asset = {"docker:a"};
  flow.to.asset = {"docker:b"};
  flow.connections = 1;
  flow.bytes = 10;
  for (const int minute : {1, 15, 31, 61}) {
    flow.first_seen = flow.last_seen = hour + std::chrono::minutes(minute);
    ASSERT_TRUE(journal_->add_flows({flow}).ok());
  }
  EXPECT_EQ(trim({}, hour + std::chrono::days(3)).flows, 2u);
  EXPECT_EQ(trim({}, hour + std::chrono::days(3)).flows, 0u);
  const auto all = journal_->flows({.since = hour, .until = hour + std::chrono::days(1)});
  ASSERT_EQ(all->flows.size(), 1u);
  EXPECT_EQ(all->flows[0].bytes, 40u);
  EXPECT_EQ(all->flows[0].first_seen, hour + std::chrono::minutes(1));
  EXPECT_EQ(journal_->flows({.since = hour + std::chrono::hours(1), .until = hour + std::chrono::hours(2)})
                ->flows.at(0)
                .bytes,
            10u);
  trim({}, hour + std::chrono::days(40));
  EXPECT_TRUE(journal_->flows({.since = hour, .until = hour + std::chrono::days(1)})->flows.empty());
}

TEST_P(Trimming, GoneAssetsAndResolvedThreatsGo) {
  const auto take = [&](std::vector<AssetReport> assets, Instant when) {
    ASSERT_TRUE(journal_->record(report(std::move(assets), when), whole_node()).ok());
  };
  take({container("web", 50, {threat("CVE-1", 9), threat("CVE-2", 9)}), container("old", 50, {threat("CVE-3", 9)})},
       at(0));
  take({container("web", 50, {threat("CVE-1", 9)})}, at(day));
  const Trimmed gone = trim({}, at(200 * day));
  EXPECT_EQ(gone.assets, 1u);
  EXPECT_EQ(gone.threats, 1u);
  EXPECT_EQ(journal_->asset({"docker:old"}).error().kind, ErrorKind::not_found);
  EXPECT_EQ(journal_->threat({"CVE-3"}).error().kind, ErrorKind::not_found);
  EXPECT_TRUE(journal_->threat({"CVE-1"}).ok());
  EXPECT_TRUE(journal_->stored_facts().ok());
  EXPECT_EQ(journal_->stored_facts()->assets.size(), 1u);
  std::pair<int64_t, int64_t> words;
  ASSERT_TRUE(store_->behind()
                  ->each("SELECT (SELECT count(*) FROM asset_words), (SELECT count(*) FROM threat_words)",
                         [&](const Row& row) { words = {row.integer(0), row.integer(1)}; })
                  .ok());
  EXPECT_EQ(words, std::pair(int64_t{1}, int64_t{1}));
}

TEST_P(Trimming, TooLargeAJournalKeepsLess) {
  std::mt19937 random(1);
  for (int i = 0; i < 100; ++i) {
    std::string text(20'000, 'x');  // that PostgreSQL cannot make smaller
    for (char& c : text) c = static_cast<char>('0' + random() % 64 % 10 + random() % 2 * ('a' - '0'));
    NewEvent large = event(text);
    large.at = at(i * day);
    ASSERT_TRUE(journal_->append({large}).ok());
  }
  const Trimmed gone = trim({.max_bytes = 1'000'000}, at(99 * day));
  EXPECT_GT(gone.events, 50u);
  EXPECT_LT(gone.events, 100u);
  EXPECT_TRUE(journal_->verify()->whole());
  EXPECT_LT(journal_->health().bytes, 20'000'000u);
}

}  // namespace
}  // namespace plimsoll::journal
