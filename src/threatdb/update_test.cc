#include "threatdb/update.h"

#include <gtest/gtest.h>

#include "threatdb/feed_cache.h"
#include "threatdb/feeds_for_test.h"
#include "threatdb/image.h"
#include "threatdb/osv_archive.h"

namespace plimsoll::threatdb {
namespace {

std::string told(const UpdateReport& report, const std::string& name) {
  for (const SourceState& source : report.sources) {
    if (source.name == name) return (source.failed ? "failed: " : "") + source.told;
  }
  return "(no such source)";
}

std::vector<std::string> ids_of(const std::string& archive) {
  std::vector<std::string> out;
  const auto bytes = Bytes::map_file(archive);
  if (!bytes.ok()) return out;
  const auto read = read_archive(bytes->view());
  if (!read.ok()) return out;
  for (const auto& record : read->records) out.push_back(record.id);
  return out;
}

struct Update : testing::Test {
  TestFolder folder;
  TestMirror mirror{folder};
  std::string db = folder.path("db/threats.db"), archive = folder.path("db/feeds/osv/npm/all.zip");

  DatabaseUpdate run() {
    auto done = update_database(db, from_mirror(folder));
    EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().to_string());
    return done.ok() ? std::move(done).value() : DatabaseUpdate{};
  }
  uint64_t records() const {
    const auto open = ThreatDb::open(db);
    return open.ok() ? open->info().records : 0;
  }
};

TEST_F(Update, FirstAllThenNothing) {
  const DatabaseUpdate first = run();
  EXPECT_TRUE(first.feeds.failed.empty()) << first.feeds.failed[0].what << first.feeds.failed[0].reason;
  ASSERT_TRUE(first.built);
  EXPECT_EQ(first.built->info.records, 8U);
  EXPECT_EQ(first.built->info.sources.size(), 4U);
  EXPECT_EQ(told(first.feeds, "osv/npm"), "fetched whole");
  const DatabaseUpdate second = run();
  EXPECT_TRUE(second.feeds.failed.empty());
  for (const SourceState& source : second.feeds.sources) {
    EXPECT_FALSE(source.changed) << source.name;
    EXPECT_EQ(source.told, "nothing new") << source.name;
  }
  ASSERT_TRUE(second.built);
  EXPECT_EQ(second.built->info.records, 8U);
}

TEST_F(Update, ChangedRecordsComeAlone) {
  run();
  mirror.records_["A-2"] = "2026-02-02T00:00:00Z";
  mirror.records_["A-9"] = "2026-02-01T00:00:00Z";
  mirror.records_.erase("A-5");
  mirror.write(false);
  const DatabaseUpdate done = run();
  EXPECT_TRUE(done.feeds.failed.empty());
  EXPECT_EQ(told(done.feeds, "osv/npm"), "2 changed, 1 gone");
  EXPECT_EQ(ids_of(archive), (std::vector<std::string>{"A-1", "A-2", "A-3", "A-4", "A-6", "A-7", "A-8", "A-9"}));
  const auto copy = import_mirror(folder.path("db/feeds"), folder.path("copy.db"));
  ASSERT_TRUE(copy.ok()) << "what is kept is a mirror itself";
  EXPECT_EQ(copy->info.sources[0].date, parse_rfc3339("2026-02-02"));
  EXPECT_TRUE(copy->skipped.empty());
  EXPECT_EQ(told(run().feeds, "osv/npm"), "nothing new");
}

TEST_F(Update, ManyChangedRecordsOrNoSingleOnesMeanTheArchive) {
  run();
  mirror.records_["A-2"] = "2026-02-02T00:00:00Z";
  mirror.write();
  auto settings = from_mirror(folder);
  settings.policy.single_records = 0;
  EXPECT_EQ(told(update_database(db, settings)->feeds, "osv/npm"), "fetched whole");
  mirror.records_["A-3"] = "2026-02-02T00:00:00Z";
  mirror.write();
  for (const auto& [id, modified] : mirror.records_)
    std::filesystem::remove(folder.path("mirror/osv/npm/" + id + ".json"));
  EXPECT_EQ(told(run().feeds, "osv/npm"), "fetched whole");
  std::filesystem::remove(folder.path("mirror/osv/npm/modified_id.csv"));
  EXPECT_EQ(told(run().feeds, "osv/npm"), "nothing new") << "the archive is still the one we have";
}

TEST_F(Update, AnArchiveThatLagsBehindItsListIsCompleted) {
  mirror.records_["A-9"] = "2026-02-01T00:00:00Z";
  mirror.write(false);
  EXPECT_EQ(told(run().feeds, "osv/npm"), "fetched whole");
  EXPECT_EQ(ids_of(archive).size(), 9U);
}

TEST_F(Update, ASourceThatShrinksIsRefused) {
  run();
  for (int i = 2; i <= 8; ++i) mirror.records_.erase("A-" + std::to_string(i));
  mirror.write();
  folder.write("mirror/kev/known_exploited_vulnerabilities.json", R"({"vulnerabilities":[]})");
  const DatabaseUpdate done = run();
  EXPECT_EQ(done.feeds.failed.size(), 2U);
  EXPECT_NE(told(done.feeds, "osv/npm").find("the source lost 87 % of its records: it had 8 and now has 1"),
            std::string::npos)
      << told(done.feeds, "osv/npm");
  EXPECT_NE(told(done.feeds, "kev").find("lost 100 %"), std::string::npos) << told(done.feeds, "kev");
  EXPECT_EQ(records(), 8U);
  auto settings = from_mirror(folder);
  settings.policy.max_loss = 0.9;
  EXPECT_FALSE(update_database(db, settings)->feeds.sources[0].failed) << "when somebody says that it is right";
  EXPECT_EQ(records(), 1U);
}

TEST_F(Update, BrokenFeedsLeaveTheOldOnes) {
  run();
  const std::string whole = *read_file(folder.path("mirror/osv/npm/all.zip"));
  std::string wrong_sum = whole;
  wrong_sum[whole.find("affected")] = 'A';
  for (const std::string& bad : {whole.substr(0, whole.size() / 2), wrong_sum, std::string("<html>"), std::string()}) {
    folder.write("mirror/osv/npm/all.zip", bad);
    std::filesystem::remove(folder.path("mirror/osv/npm/modified_id.csv"));
    const DatabaseUpdate done = run();
    ASSERT_EQ(done.feeds.failed.size(), 1U) << bad.substr(0, 20);
    EXPECT_EQ(done.feeds.failed[0].what, "osv/npm");
    EXPECT_NE(done.feeds.failed[0].reason.find("the old data are kept"), std::string::npos);
    EXPECT_EQ(records(), 8U);
  }
  mirror.write();
  folder.write("mirror/osv/npm/modified_id.csv", "<html>\n");
  folder.write("mirror/kev/known_exploited_vulnerabilities.json", "<html>");
  folder.write("mirror/epss/epss_scores-current.csv.gz", "\x1f\x8b broken");
  EXPECT_EQ(run().feeds.failed.size(), 3U);
  EXPECT_EQ(ThreatDb::open(db)->info().sources.size(), 4U);
}

TEST_F(Update, ABrokenRecordIsNamedAndAskedForAgain) {
  run();
  mirror.records_["A-2"] = "2026-02-02T00:00:00Z";
  mirror.write(false);
  folder.write("mirror/osv/npm/A-2.json", "{\"id\":");
  const DatabaseUpdate done = run();
  ASSERT_EQ(done.feeds.failed.size(), 1U);
  EXPECT_EQ(done.feeds.failed[0].what, "record A-2 of osv/npm");
  mirror.write(false);
  EXPECT_EQ(told(run().feeds, "osv/npm"), "1 changed, 0 gone");
}

TEST_F(Update, DamageInTheCacheIsFetchedAgain) {
  run();
  folder.write("db/feeds/osv/npm/all.zip", "rubbish");
  folder.write("db/feeds/.state.json", "{\"rubbish\"");
  EXPECT_EQ(told(run().feeds, "osv/npm"), "fetched whole");
  folder.write("db/feeds/kev/known_exploited_vulnerabilities.json", "{}");
  EXPECT_EQ(told(run().feeds, "kev"), "fetched");
  EXPECT_EQ(records(), 8U);
}

TEST_F(Update, OneAtATime) {
  const auto lock = ImportLock::take(db);
  ASSERT_TRUE(lock.ok());
  const auto second = update_database(db, from_mirror(folder));
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::conflict);
}

TEST_F(Update, ADatabaseNeverLosesWhatItHad) {
  folder.write("other/osv/PyPI/all.zip", zip_of({{"P-1.json", osv("P-1", "PyPI", "b", below("2"))}}));
  ASSERT_TRUE(import_mirror(folder.path("other"), db).ok());
  const DatabaseUpdate done = run();
  EXPECT_FALSE(done.built) << "PyPI is neither in the mirror nor in the cache";
  EXPECT_FALSE(done.feeds.failed.empty());
  EXPECT_EQ(ThreatDb::open(db)->info().sources[0].name, "osv/PyPI");
}

TEST_F(Update, AMirrorForOthers) {
  auto settings = from_mirror(folder);
  settings.ecosystems.clear();
  settings.all = true;
  const auto done = update_feeds(folder.path("copy"), settings);
  ASSERT_TRUE(done.ok()) << done.error().to_string();
  EXPECT_TRUE(done->failed.empty());
  const auto imported = import_mirror(folder.path("copy"), db);
  ASSERT_TRUE(imported.ok()) << imported.error().to_string();
  EXPECT_EQ(imported->info.records, 8U);
  EXPECT_TRUE(imported->skipped.empty());
}

TEST_F(Update, NamesThatLeadElsewhere) {
  auto settings = from_mirror(folder);
  settings.named = true;
  settings.ecosystems = {"../../etc", "npm", ".hidden"};
  const auto done = update_database(db, settings);
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(told(done->feeds, "osv/npm"), "fetched whole");
  EXPECT_EQ(done->feeds.sources.size(), 4U);
  EXPECT_EQ(done->feeds.failed.size(), 2U);
}

}  // namespace
}  // namespace plimsoll::threatdb
