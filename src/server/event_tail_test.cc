#include "server/event_tail.h"

#include <gtest/gtest.h>

#include <thread>

#include "system/test_directory.h"

namespace plimsoll::server {
namespace {

class EventTailTest : public testing::Test {
 protected:
  void SetUp() override { journal_ = std::move(*journal::open_journal(directory_ / "journal.db")); }

  void append(size_t count, size_t bytes = 10) {
    std::vector<journal::NewEvent> events;
    for (size_t i = 0; i < count; ++i)
      events.push_back({"test.event", "test", {}, R"({"text":")" + std::string(bytes, 'x') + "\"}", {}});
    ASSERT_TRUE(journal_->append(std::move(events)).ok());
  }
  // All that a follower hears who was at `after`.
  static std::string heard(EventTail& tail, journal::Sequence after) {
    std::string out;
    for (;;) {
      const auto piece = tail.after(after);
      EXPECT_TRUE(piece.ok());
      if (!piece.ok() || piece->frames.empty()) return out;
      EXPECT_GT(piece->last, after);
      after = piece->last;
      out += piece->frames;
    }
  }
  std::string in_journal(journal::Sequence after) const {
    std::string out;
    journal::EventQuery query{.after = after};
    query.limit = journal::max_page;
    for (;;) {
      const auto events = *journal_->events(query);
      for (const journal::Event& event : events) out += sse_frame(event);
      if (events.empty()) return out;
      query.after = events.back().sequence;
    }
  }

  system::TestDirectory directory_;
  std::unique_ptr<journal::Journal> journal_;
};

TEST_F(EventTailTest, TellsWhatIsInTheJournalWhereverOneIs) {
  EventTail tail(*journal_);
  EXPECT_EQ(heard(tail, 0), "");
  size_t written = 0;
  // Few, more than are told at once, more than are kept.
  for (const size_t count : {1, 3, 199, 200, 201, 1, 2500, 7}) {
    append(count);
    written += count;
    for (const size_t back : {size_t{0}, size_t{1}, count, count + 1, written / 2, written}) {
      const journal::Sequence after = written - std::min(back, written);
      ASSERT_EQ(heard(tail, after), in_journal(after)) << written << " " << after;
    }
  }
  EXPECT_EQ(heard(tail, written + 1), "") << "nobody is there yet";
  append(2);
  EXPECT_EQ(heard(tail, written + 1), in_journal(written + 1));
}

TEST_F(EventTailTest, BeginsWhereTheJournalIsLong) {
  append(1500);
  EventTail tail(*journal_);
  EXPECT_EQ(heard(tail, 1500), "");
  EXPECT_EQ(heard(tail, 1499), in_journal(1499));
  EXPECT_EQ(heard(tail, 3), in_journal(3));
}

TEST_F(EventTailTest, LongEventsAreToldThoughFewAreKept) {
  EventTail tail(*journal_);
  EXPECT_EQ(heard(tail, 0), "");
  append(100, 40'000);
  EXPECT_EQ(heard(tail, 0), in_journal(0));
  EXPECT_EQ(heard(tail, 99), in_journal(99));
}

TEST_F(EventTailTest, ManyFollowersHearTheSameWhileEventsCome) {
  EventTail tail(*journal_);
  constexpr journal::Sequence last = 600;
  std::vector<std::string> all(8);
  std::vector<std::thread> followers;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  for (std::string& mine : all) {
    followers.emplace_back([&] {
      for (journal::Sequence after = 0; after < last && std::chrono::steady_clock::now() < end;) {
        const auto piece = tail.after(after);
        if (!piece.ok()) return;
        mine += piece->frames;
        after = piece->last;
      }
    });
  }
  for (int i = 0; i < 60; ++i) append(10);
  for (std::thread& follower : followers) follower.join();
  for (const std::string& each : all) EXPECT_EQ(each, in_journal(0));
}

TEST_F(EventTailTest, HearsOfWhatAnotherProcessWrites) {
  EventTail tail(*journal_);
  EXPECT_EQ(heard(tail, 0), "");
  const auto other = std::move(*journal::open_journal(directory_ / "journal.db"));
  ASSERT_TRUE(other->append({{"test.other", "test", {}, "{}", {}}}).ok());
  std::string told;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (told.empty() && std::chrono::steady_clock::now() < end) {
    told = heard(tail, 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(told, in_journal(0));
  EXPECT_NE(told, "");
}

}  // namespace
}  // namespace plimsoll::server
