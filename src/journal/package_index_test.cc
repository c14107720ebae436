#include <fmt/core.h>
#include <gtest/gtest.h>

#include "journal/schema.h"
#include "journal/test_store.h"

namespace plimsoll::journal {
namespace {

Package package(const std::string& name, const std::string& version, PackageType type = PackageType::deb) {
  Package out;
  out.type = type;
  out.name = name;
  out.version = version;
  return out;
}

AssetReport with(const std::string& name, int score, std::vector<Package> packages) {
  AssetReport out = container(name, score);
  out.packages = std::move(packages);
  return out;
}

class Packages : public WithJournal {
 protected:
  void keep(std::vector<AssetReport> assets, int64_t when) {
    ASSERT_TRUE(journal_->record(report(std::move(assets), at(when)), whole_node()).ok());
  }
  std::vector<std::string> names(const std::string& text, size_t limit = 8) {
    std::vector<std::string> out;
    const auto found = journal_->packages(text, limit);
    EXPECT_TRUE(found.ok()) << found.error().to_string();
    if (!found.ok()) return out;
    for (const PackageGroup& group : *found) out.push_back(group.name);
    return out;
  }
};
PLIMSOLL_ON_EACH_ENGINE(Packages);

TEST_P(Packages, TheNearestNameComesFirst) {
  keep({with("a", 50,
             {package("libssl3", "3"), package("xssl", "1"), package("ssl", "1"), package("ssl-cert", "1"),
              package("100%_a", "1")})},
       0);
  EXPECT_EQ(names("SSL"), (std::vector<std::string>{"ssl", "ssl-cert", "xssl", "libssl3"}));
  EXPECT_EQ(names("ssl", 2), (std::vector<std::string>{"ssl", "ssl-cert"}));
  EXPECT_EQ(names("%_"), (std::vector<std::string>{"100%_a"})) << "no pattern, but these letters";
  EXPECT_TRUE(names("zlib").empty());
}

TEST_P(Packages, TellsWhoHasItWorstFirst) {
  keep({with("low", 10, {package("openssl", "1")}), with("bad", 95, {package("openssl", "2")}),
        with("both", 60, {package("openssl", "1"), package("openssl", "2"), package("openssl", "2")}),
        with("npm", 99, {package("openssl", "1", PackageType::npm)}), with("more", 20, {package("openssl", "1")})},
       0);
  const auto found = *journal_->packages("openssl", 8);
  ASSERT_EQ(found.size(), 2u) << "of two types";
  const PackageGroup& deb = found[0].type == PackageType::deb ? found[0] : found[1];
  EXPECT_EQ(deb.versions, 2);
  EXPECT_EQ(deb.assets, 4);
  ASSERT_EQ(deb.worst.size(), 3u);
  EXPECT_EQ(deb.worst[0].name, "bad");
  EXPECT_EQ(deb.worst[0].not_assessed, 1u);
  EXPECT_EQ(deb.worst[1].name, "both");

  std::vector<std::string> rows;
  PackageQuery query{PackageType::deb, "openssl", {}, 2};
  do {
    const auto page = journal_->package_holders(query);
    ASSERT_TRUE(page.ok()) << page.error().to_string();
    EXPECT_EQ(page->total, query.cursor.empty() ? std::optional<uint64_t>(5) : std::nullopt);
    for (const PackageHolder& holder : page->items) rows.push_back(holder.name + " " + holder.version);
    query.cursor = page->next;
  } while (!query.cursor.empty());
  EXPECT_EQ(rows, (std::vector<std::string>{"bad 2", "both 1", "both 2", "more 1", "low 1"}));
}

TEST_P(Packages, ManyHoldersAreNotAllCounted) {
  std::vector<AssetReport> assets;
  for (int i = 0; i < 1002; ++i) assets.push_back(with(fmt::format("c{}", i), i % 90, {package("libc6", "2")}));
  assets.push_back(with("worst", 99, {package("libc6", "2"), package("rare", "1")}));
  keep(std::move(assets), 0);
  const PackageGroup many = journal_->packages("libc6", 8)->front();
  EXPECT_EQ(many.assets, 1000);
  EXPECT_TRUE(many.more);
  ASSERT_EQ(many.worst.size(), 3u);
  EXPECT_EQ(many.worst[0].name, "worst");
  const PackageGroup one = journal_->packages("rare", 8)->front();
  EXPECT_EQ(one.assets, 1);
  EXPECT_FALSE(one.more);
  EXPECT_EQ(journal_->package_holders({PackageType::deb, "libc6", {}, 10})->total, 1003u);
}

TEST_P(Packages, WhatNobodyHasAnyMoreIsNotFound) {
  keep({with("a", 50, {package("old", "1")}), with("b", 50, {package("kept", "1")})}, 0);
  keep({with("a", 50, {package("new", "1")}), with("b", 50, {package("kept", "1")})}, 10);
  EXPECT_TRUE(names("old").empty()) << "another inventory took its place";
  EXPECT_EQ(names("new").size(), 1u);
  keep({with("b", 50, {package("kept", "1")})}, 20);
  EXPECT_TRUE(names("new").empty()) << "the asset is gone";
  Retention brief;
  brief.gone_assets = std::chrono::days(1);
  ASSERT_TRUE(journal_->trim(brief, at(3 * 86400)).ok());
  const auto db = store_->behind();
  for (const auto& [table, rows] :
       {std::pair("packages", 1), std::pair("package_places", 1), std::pair("contents", 1)}) {
    int64_t count = 0;
    ASSERT_TRUE(
        db->each(std::string("SELECT count(*) FROM ") + table, [&](const Row& row) { count = row.integer(0); }).ok());
    EXPECT_EQ(count, rows) << table;
  }
}

// What an older version wrote is found as well, once it has been opened.
TEST_P(Packages, InventoriesOfOlderVersionsAreIndexedWhenTheyAreOpened) {
  keep({with("a", 50, {package("old", "1")}), with("b", 50, {package("old", "2")})}, 0);
  journal_.reset();
  {
    const auto db = store_->behind();
    ASSERT_TRUE(migrate(*db, 6).ok());
  }
  auto again = store_->open();
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  journal_ = *std::move(again);
  ASSERT_EQ(names("old"), std::vector<std::string>{"old"});
  EXPECT_EQ(journal_->packages("old", 8)->front().versions, 2);
}

}  // namespace
}  // namespace plimsoll::journal
