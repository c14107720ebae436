#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "journal/cursor.h"
#include "journal/test_store.h"

namespace plimsoll::journal {
namespace {

// Keys of all pages, in order; fails when a page is longer than its limit or the walk does not end.
template <class Ask>
std::vector<std::string> walk(size_t limit, Ask ask, const std::function<void()>& between = {}) {
  std::vector<std::string> keys;
  std::string cursor;
  for (int pages = 0; pages < 10'000; ++pages) {
    auto [page, next] = ask(cursor, limit);
    EXPECT_LE(page.size(), limit);
    keys.insert(keys.end(), page.begin(), page.end());
    if (next.empty()) return keys;
    EXPECT_EQ(page.size(), limit);
    cursor = next;
    if (between) between();
  }
  ADD_FAILURE() << "the pages do not end";
  return keys;
}

using Keys = std::pair<std::vector<std::string>, std::string>;

class Paged : public WithJournal {
 protected:
  // Scores and names with many ties, threats of few ids.
  AssetReport some_asset(int number) {
    std::vector<Threat> threats;
    for (int i = 0; i < 5; ++i)
      threats.push_back(threat("CVE-" + std::to_string(random_() % 40), static_cast<double>(random_() % 10)));
    AssetReport out = container("c" + std::to_string(number), static_cast<int>(random_() % 7) * 10, std::move(threats));
    out.asset.name = "name" + std::to_string(random_() % 5);
    return out;
  }
  void add(int first, int count) {
    Report some = report({});
    for (int i = 0; i < count; ++i) some.assets.push_back(some_asset(first + i));
    Recording how;
    how.whole = false;
    ASSERT_TRUE(journal_->record(some, how).ok());
  }
  auto assets(AssetQuery::Sort sort) {
    return [this, sort](const std::string& cursor, size_t limit) -> Keys {
      const auto page = journal_->assets({.sort = sort, .cursor = cursor, .limit = limit});
      Keys keys{{}, page->next};
      for (const AssetRow& row : page->items) keys.first.push_back(row.asset.id.value);
      return keys;
    };
  }

  std::mt19937 random_{7};
};
PLIMSOLL_ON_EACH_ENGINE(Paged);

template <class T>
void expect_each_once(const std::vector<std::string>& keys, const T& all) {
  const std::set<std::string> unique(keys.begin(), keys.end());
  EXPECT_EQ(unique.size(), keys.size()) << "something came twice";
  EXPECT_EQ(unique, all);
}

TEST_P(Paged, PagesOfAssetsHoldEachOnceWhateverTheLimit) {
  add(0, 137);
  std::set<std::string> all;
  for (int i = 0; i < 137; ++i) all.insert("docker:c" + std::to_string(i));
  for (const auto sort : {AssetQuery::Sort::score, AssetQuery::Sort::name}) {
    const auto whole = walk(1000, assets(sort));
    expect_each_once(whole, all);
    for (const size_t limit : {1, 2, 3, 7, 50, 136, 137, 138}) EXPECT_EQ(walk(limit, assets(sort)), whole) << limit;
  }
}

TEST_P(Paged, PagesOfThreatsHoldEachOnceWhateverTheLimit) {
  add(0, 60);
  const auto groups = [this](const std::string& cursor, size_t limit) -> Keys {
    const auto page = journal_->threats({.cursor = cursor, .limit = limit});
    Keys keys{{}, page->next};
    for (const ThreatGroup& group : page->items) keys.first.push_back(group.id.value);
    return keys;
  };
  const auto whole = walk(1000, groups);
  EXPECT_EQ(std::set<std::string>(whole.begin(), whole.end()).size(), whole.size());
  for (const size_t limit : {1, 3, 7}) EXPECT_EQ(walk(limit, groups), whole);
  size_t rows = 0;
  for (const std::string& id : whole) {
    const auto who = [&](const std::string& cursor, size_t limit) -> Keys {
      const auto page = journal_->who_has({id}, cursor, limit);
      Keys keys{{}, page->next};
      for (const ThreatRow& row : page->items) keys.first.push_back(row.asset.value);
      return keys;
    };
    const auto all = walk(1000, who);
    EXPECT_EQ(walk(2, who), all);
    EXPECT_EQ(static_cast<int>(all.size()), journal_->threat({id})->assets);
    rows += all.size();
  }
  size_t of_assets = 0;
  for (int i = 0; i < 60; ++i) {
    const AssetId asset{"docker:c" + std::to_string(i)};
    const auto of = [&](const std::string& cursor, size_t limit) -> Keys {
      const auto page = journal_->threats_of(asset, false, {.cursor = cursor, .limit = limit});
      Keys keys{{}, page->next};
      for (const ThreatRow& row : page->items) keys.first.push_back(row.id.value);
      return keys;
    };
    const auto all = walk(1000, of);
    EXPECT_EQ(walk(1, of), all);
    of_assets += all.size();
  }
  EXPECT_EQ(of_assets, rows);
}

// What was there at the start comes exactly once, though others come between the pages; nothing comes twice.
TEST_P(Paged, InsertsMeanwhileNeitherHideNorRepeat) {
  add(0, 90);
  std::set<std::string> at_start;
  for (int i = 0; i < 90; ++i) at_start.insert("docker:c" + std::to_string(i));
  int next = 1000;
  for (const auto sort : {AssetQuery::Sort::score, AssetQuery::Sort::name}) {
    const auto keys = walk(7, assets(sort), [&] {
      add(next, 3);
      next += 3;
    });
    std::map<std::string, int> times;
    for (const std::string& key : keys) ++times[key];
    for (const auto& [key, count] : times) EXPECT_EQ(count, 1) << key;
    for (const std::string& key : at_start) EXPECT_EQ(times.count(key), 1u) << key;
  }
}

TEST_P(Paged, InsertsOfAnotherThreadNeitherHideNorRepeat) {
  add(0, 60);
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int next = 2000; !stop && next < 2400; ++next) add(next, 1);
  });
  for (int round = 0; round < 5; ++round) {
    const auto keys = walk(5, assets(AssetQuery::Sort::score));
    std::map<std::string, int> times;
    for (const std::string& key : keys) ++times[key];
    for (const auto& [key, count] : times) EXPECT_EQ(count, 1) << key;
    for (int i = 0; i < 60; ++i) EXPECT_EQ(times.count("docker:c" + std::to_string(i)), 1u);
  }
  stop = true;
  writer.join();
}

TEST(Cursors, GoThereAndBack) {
  for (const Cursor& cursor : {Cursor{"", 0}, Cursor{"a.b\xff\n", -3}, Cursor{"12", INT64_MAX}}) {
    const auto back = parse_cursor(to_text(cursor));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ((*back)->key, cursor.key);
    EXPECT_EQ((*back)->no, cursor.no);
  }
}

TEST(Cursors, OthersAreRefused) {
  for (const char* text : {".", "a", "zz.1", "616.1", "61.x", "61.1.2", "61.", "61.99999999999999999999"})
    EXPECT_FALSE(parse_cursor(text).ok()) << text;
  EXPECT_FALSE(parse_number_cursor("6161.1").ok());
}

}  // namespace
}  // namespace plimsoll::journal
