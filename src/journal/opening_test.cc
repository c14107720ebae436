#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <thread>

#include "journal/schema.h"
#include "journal/test_store.h"

namespace plimsoll::journal {
namespace {

// ---- schemas ----------------------------------------------------------------------------------------------------

class OfSchema : public ::testing::TestWithParam<std::tuple<Engine, int>> {
 protected:
  void SetUp() override {
    PLIMSOLL_NEEDS(std::get<0>(GetParam()));
    store_.emplace(std::get<0>(GetParam()));
  }
  int version() const { return std::get<1>(GetParam()); }
  std::optional<TestStore> store_;
};
INSTANTIATE_TEST_SUITE_P(Each, OfSchema,
                         ::testing::Combine(::testing::Values(Engine::sqlite, Engine::postgres),
                                            ::testing::Range(0, newest_schema() + 1)));

// A store as an older version left it, with what that version could hold, is brought up to date and keeps it.
TEST_P(OfSchema, AnOlderOneIsBroughtUpToDate) {
  {
    const auto db = store_->behind();
    ASSERT_TRUE(migrate(*db, version()).ok());
    ASSERT_EQ(*schema_of(*db), version());
    if (version() >= 2) {
      ASSERT_TRUE(db->script("INSERT INTO threat_groups (id, kind, title, level, score, known_exploited, rank, assets, "
                             "fixable, first_seen) VALUES ('CVE-1', 0, 't', 4, 9.8, 1, 9, 1, 0, 5)")
                      .ok());
    }
    if (version() >= 8) {
      ASSERT_TRUE(db->run("INSERT INTO threat_words SELECT no, ? FROM threat_groups", "cve-1\nt").ok() &&
                  db->settle().ok());
    }
    if (version() >= 3) {
      ASSERT_TRUE(
          db->script("INSERT INTO flows VALUES (600, 600, 'a', '', 0, 0, 'b', '', 1, 0, 0, '', 1, 2, 3, 600, 601)")
              .ok());
    }
    if (version() >= 4) {
      ASSERT_TRUE(db->script("INSERT INTO settings VALUES ('a', 'b')").ok());
    }
  }
  {
    auto journal = store_->open();
    ASSERT_TRUE(journal.ok()) << journal.error().to_string();
    EXPECT_EQ((*journal)->health().schema, newest_schema());
    ASSERT_TRUE((*journal)->append({event("x")}).ok());
    ASSERT_TRUE((*journal)->record(report({container("web", 50, {threat("CVE-2", 5)})}), whole_node()).ok());
    ASSERT_TRUE((*journal)->put_setting("c", "d").ok());
    EXPECT_TRUE((*journal)->verify()->whole());
    EXPECT_EQ((*journal)->threat({"CVE-1"}).ok(), version() >= 2);
    EXPECT_EQ((*journal)->threats({.text = "cve-1\nT"})->items.size(), version() >= 2 ? 1u : 0u) << "its words, too";
    EXPECT_EQ((*journal)->assets({.text = "WEB"})->items.size(), 1u);
    EXPECT_EQ((*journal)->flows({.since = Instant{}, .until = at(0)})->flows.size(), version() >= 3 ? 1u : 0u);
    EXPECT_EQ((*journal)->setting("a").ok(), version() >= 4);
  }
  EXPECT_TRUE(store_->open({.read_only = true}).ok());
}

// Down from the newest, with something in every table, and up again: what the older version knew is still there.
TEST_P(OfSchema, DownToItAndUpAgain) {
  {
    auto journal = store_->open();
    ASSERT_TRUE(journal.ok()) << journal.error().to_string();
    ASSERT_TRUE((*journal)->append({event("x")}).ok());
    ASSERT_TRUE((*journal)->record(report({container("web", 50, {threat("CVE-2", 5)})}), whole_node()).ok());
    ASSERT_TRUE((*journal)->put_setting("c", "d").ok());
  }
  {
    const auto db = store_->behind();
    ASSERT_TRUE(migrate(*db, version()).ok());
    ASSERT_EQ(*schema_of(*db), version());
  }
  EXPECT_EQ(store_->open({.read_only = true}).ok(), version() == newest_schema());
  if (version() == 0) std::filesystem::remove(store_->key());
  auto journal = store_->open();
  ASSERT_TRUE(journal.ok()) << journal.error().to_string();
  EXPECT_TRUE((*journal)->verify()->whole());
  EXPECT_EQ((*journal)->events({})->size(), version() >= 1 ? 2u : 0u);
  EXPECT_EQ((*journal)->assets({})->items.size(), version() >= 2 ? 1u : 0u);
  EXPECT_EQ((*journal)->setting("c").ok(), version() >= 4);
  ASSERT_TRUE((*journal)->record(report({container("web", 50, {threat("CVE-2", 5)})}), whole_node()).ok());
  ASSERT_TRUE((*journal)->put_setting("c", "d").ok());
}

class Open : public OnEachEngine {
 protected:
  void a_journal() {
    auto journal = store_->open();
    ASSERT_TRUE(journal.ok()) << journal.error().to_string();
    ASSERT_TRUE((*journal)->append({event("x")}).ok());
  }
};
PLIMSOLL_ON_EACH_ENGINE(Open);

TEST_P(Open, ANewerSchemaIsRefusedAndNotChanged) {
  a_journal();
  const auto db = store_->behind();
  ASSERT_TRUE(
      db->script(GetParam() == Engine::sqlite ? "PRAGMA user_version = 99" : "UPDATE about SET schema = 99").ok());
  for (const bool read_only : {false, true}) {
    const auto refused = store_->open({.read_only = read_only, .begin_anew = true});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind, ErrorKind::unsupported);
  }
  EXPECT_EQ(*schema_of(*db), 99);
}

TEST_P(Open, ReadOnlyWritesNothing) {
  EXPECT_FALSE(store_->open({.read_only = true}).ok());
  a_journal();
  auto journal = store_->open({.read_only = true});
  ASSERT_TRUE(journal.ok());
  EXPECT_EQ((*journal)->append({event("x")}).error().kind, ErrorKind::denied);
  EXPECT_FALSE((*journal)->health().writable);
}

TEST(Opening, ReadOnlyNeedsAFile) {
  const system::TestDirectory directory;
  const auto none = open_journal(directory / "none.db", {.read_only = true});
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().kind, ErrorKind::not_found);
  EXPECT_FALSE(std::filesystem::exists(directory / "none.db"));
}

// ---- two writers, many threads -----------------------------------------------------------------------------------

TEST_P(Open, WritersOfTwoProcessesShareOneChain) {
  auto one = store_->open();
  auto other = store_->open();
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE((*one)->append({event("one")}).ok());
    ASSERT_TRUE((*other)->append({event("other")}).ok());
  }
  const auto chain = (*one)->verify();
  EXPECT_TRUE(chain->whole());
  EXPECT_EQ(chain->last, 40u);
}

TEST_P(Open, WritersOfManyThreadsEachGetTheirOwnSequence) {
  auto journal = store_->open();
  std::mutex mutex;
  std::map<Sequence, std::string> told;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string text = fmt::format("{}-{}", t, i);
        // Every fifth is refused, inside the batch it shares with others.
        if (i % 5 == 0) {
          EXPECT_FALSE((*journal)->take_setting("none").ok());
        }
        const auto done = (*journal)->append({event(text)});
        ASSERT_TRUE(done.ok());
        const std::lock_guard lock(mutex);
        told[done->last] = fmt::format(R"({{"text":"{}"}})", text);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(told.size(), 400u);
  const auto all = (*journal)->events({.limit = max_page});
  ASSERT_EQ(all->size(), 400u);
  for (const Event& e : *all) EXPECT_EQ(told[e.sequence], e.body);
  EXPECT_TRUE((*journal)->verify()->whole());
}

}  // namespace
}  // namespace plimsoll::journal
