#include <gtest/gtest.h>

#include <cstring>
#include <thread>

#include "threatdb/db_file.h"
#include "threatdb/db_for_test.h"

namespace plimsoll::threatdb {
namespace {

std::string bytes_of_file(const std::string& path) {
  auto bytes = read_file(path);
  EXPECT_TRUE(bytes.ok());
  return bytes.ok() ? std::move(bytes).value() : "";
}

// Enough records for several blocks.
std::vector<std::string> many_records(int count, const std::string& fixed = "2.0.0") {
  std::vector<std::string> out;
  for (int i = 0; i < count; ++i) {
    const std::string n = std::to_string(i);
    out.push_back(osv("GHSA-" + n, "npm", "package-" + n, below(fixed),
                      R"("summary":"A rather long headline, so that there is something to store, number )" + n +
                          R"(","aliases":["CVE-2024-)" + n + R"("],)",
                      "SEMVER"));
  }
  return out;
}

// Everything a reader may ask; true when some answer was an error, false when all were as they should be.
bool refuses(const std::string& path, int records) {
  const auto db = ThreatDb::open(path);
  if (!db.ok()) {
    EXPECT_NE(db.error().to_string().find("plimsoll db import"), std::string::npos) << db.error().to_string();
    return true;
  }
  Inventory inventory;
  for (int i = 0; i < records; ++i) {
    inventory.packages.push_back(language(PackageType::npm, "npm", "package-" + std::to_string(i), "1.0.0"));
  }
  const auto matches = db->match(inventory, {});
  if (!matches.ok()) {
    EXPECT_EQ(matches.error().kind, ErrorKind::malformed);
    EXPECT_NE(matches.error().to_string().find("is damaged at"), std::string::npos) << matches.error().to_string();
    return true;
  }
  EXPECT_EQ(matches->threats.size(), static_cast<size_t>(records)) << "damage must never look like an all-clear";
  for (int i = 0; i < records; ++i) {
    if (!db->show("GHSA-" + std::to_string(i)).ok()) return true;
  }
  return false;
}

TEST(Damage, EveryBlockIsGuarded) {
  const TestFolder folder;
  constexpr int records = 3000;
  ASSERT_TRUE(db_of(folder, many_records(records)).ok());
  const std::string good = bytes_of_file(folder.path("test.db"));
  ASSERT_GT(good.size(), 6 * block_bytes);
  EXPECT_FALSE(refuses(folder.path("test.db"), records));
  for (size_t at = header_bytes + 100; at < good.size(); at += block_bytes) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x40);
    EXPECT_TRUE(refuses(folder.write("bad.db", bad), records)) << "byte " << at;
  }
}

TEST(Damage, EveryByteOfTheHeader) {
  const TestFolder folder;
  ASSERT_TRUE(db_of(folder, many_records(3)).ok());
  const std::string good = bytes_of_file(folder.path("test.db"));
  for (size_t at = 0; at < header_bytes; at += at < sizeof(Header) ? 1 : 97) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    EXPECT_FALSE(ThreatDb::open(folder.write("bad.db", bad)).ok()) << "byte " << at;
  }
}

TEST(Damage, CutShortAnywhere) {
  const TestFolder folder;
  ASSERT_TRUE(db_of(folder, many_records(50)).ok());
  const std::string good = bytes_of_file(folder.path("test.db"));
  for (size_t size = 0; size < good.size(); size += 1 + size / 7) {
    const auto db = ThreatDb::open(folder.write("short.db", good.substr(0, size)));
    ASSERT_FALSE(db.ok()) << size;
    EXPECT_EQ(db.error().kind, ErrorKind::malformed);
  }
  EXPECT_FALSE(ThreatDb::open(folder.write("long.db", good + "x")).ok());
}

TEST(Damage, WhatIsNoDatabase) {
  const TestFolder folder;
  EXPECT_EQ(ThreatDb::open(folder.path("none.db")).error().kind, ErrorKind::not_found);
  EXPECT_FALSE(ThreatDb::open(folder.path("")).ok()) << "a folder";
  EXPECT_FALSE(ThreatDb::open(folder.write("text.db", std::string(10000, 'x'))).ok());
  EXPECT_FALSE(ThreatDb::open("/dev/zero").ok());
}

TEST(Damage, AnotherFormatVersionIsNamed) {
  const TestFolder folder;
  ASSERT_TRUE(db_of(folder, many_records(1)).ok());
  std::string other = bytes_of_file(folder.path("test.db"));
  other[8] = 9;
  reseal(other);
  const auto db = ThreatDb::open(folder.write("other.db", other));
  ASSERT_FALSE(db.ok());
  EXPECT_NE(db.error().to_string().find("format version 9"), std::string::npos) << db.error().to_string();
}

// With right checksums over wrong content nothing may crash: every reference is checked.
TEST(Damage, WrongContentUnderRightChecksums) {
  const TestFolder folder;
  constexpr int records = 20;
  ASSERT_TRUE(db_of(folder, many_records(records)).ok());
  const std::string good = bytes_of_file(folder.path("test.db"));
  Inventory inventory;
  inventory.packages.push_back(language(PackageType::npm, "npm", "package-7", "1.0.0"));
  for (size_t at = header_bytes; at + 4 < good.size(); at += 13) {
    std::string bad = good;
    std::memset(bad.data() + at, 0xfe, 3);
    reseal(bad);
    const auto db = ThreatDb::open(folder.write("bad.db", bad));
    if (!db.ok()) continue;
    (void)db->match(inventory, {}).ok();
    (void)db->show("GHSA-7").ok();
  }
}

TEST(Damage, ResealLeavesAGoodFileAsItIs) {
  const TestFolder folder;
  ASSERT_TRUE(db_of(folder, many_records(30)).ok());
  const std::string good = bytes_of_file(folder.path("test.db"));
  std::string again = good;
  reseal(again);
  EXPECT_EQ(again, good);
}

TEST(Replace, AReaderKeepsWhatItOpened) {
  const TestFolder folder;
  const auto before = db_of(folder, many_records(40));
  ASSERT_TRUE(before.ok());
  ASSERT_TRUE(db_of(folder, {osv("GHSA-x", "npm", "other", below("2.0.0"), "", "SEMVER")}).ok());
  EXPECT_EQ(match_all(*before, {language(PackageType::npm, "npm", "package-3", "1.0.0")}).threats.size(), 1U);
  const auto after = ThreatDb::open(folder.path("test.db"));
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(match_all(*after, {language(PackageType::npm, "npm", "package-3", "1.0.0")}).threats.size(), 0U);
}

TEST(Replace, ReadersNeverSeeHalf) {
  const TestFolder folder;
  const std::string path = folder.path("test.db");
  constexpr int records = 60;
  ASSERT_TRUE(db_of(folder, many_records(records)).ok());
  std::atomic<bool> stop{false};
  std::atomic<int> opened{0}, wrong{0};
  {
    std::vector<std::jthread> readers;
    for (int i = 0; i < 2; ++i) {
      readers.emplace_back([&] {
        while (!stop) {
          const auto db = ThreatDb::open(path);
          Inventory inventory;
          for (int n = 0; n < records; ++n)
            inventory.packages.push_back(language(PackageType::npm, "npm", "package-" + std::to_string(n), "1.0.0"));
          if (!db.ok()) {
            ++wrong;
            continue;
          }
          const auto matches = db->match(inventory, {});
          ++opened;
          if (!matches.ok() || matches->threats.size() != records) ++wrong;
        }
      });
    }
    for (int round = 0; round < 15; ++round) {
      if (!db_of(folder, many_records(records, round % 2 == 0 ? "3.0.0" : "4.0.0")).ok()) ++wrong;
    }
    while (opened == 0 && wrong == 0) std::this_thread::yield();
    stop = true;
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(opened, 0);
}

TEST(Replace, OneReaderForManyThreads) {
  const TestFolder folder;
  constexpr int records = 2000;
  const auto db = db_of(folder, many_records(records));
  ASSERT_TRUE(db.ok());
  std::atomic<int> found{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        Inventory inventory;
        for (int n = t; n < records; n += 4)
          inventory.packages.push_back(language(PackageType::npm, "npm", "package-" + std::to_string(n), "1.0.0"));
        const auto matches = db->match(inventory, {});
        if (matches.ok()) found += static_cast<int>(matches->threats.size());
      });
    }
  }
  EXPECT_EQ(found, records);
}

}  // namespace
}  // namespace plimsoll::threatdb
