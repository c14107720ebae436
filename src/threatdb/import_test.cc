#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "threatdb/db_for_test.h"
#include "threatdb/gather.h"
#include "threatdb/image.h"
#include "threatdb/urls.h"

namespace plimsoll::threatdb {
namespace {

std::string npm_record(const std::string& id) { return osv(id, "npm", "a", below("2.0.0"), "", "SEMVER"); }

void write_mirror(const TestFolder& folder) {
  folder.write("mirror/osv/ecosystems.txt", "npm\nAzure Linux\nAzure Linux:3\n");
  folder.write("mirror/osv/npm/all.zip",
               zip_of({{"A-1.json", npm_record("A-1")}, {"A-2.json", npm_record("A-2")}, {"README", "no record"}}));
  folder.write("mirror/osv/Azure Linux/all.zip",
               zip_of({{"AZL-1.json", osv("AZL-1", "Azure Linux:3", "b", below("2-1.azl3"))}}));
  folder.write(
      "mirror/kev/known_exploited_vulnerabilities.json",
      R"({"catalogVersion":"2026.01.01","dateReleased":"2026-01-01T00:00:00Z","count":0,"vulnerabilities":[]})");
}

TEST(Import, AMirrorFolder) {
  const TestFolder folder;
  write_mirror(folder);
  const auto report = import_mirror(folder.path("mirror"), folder.path("new/folder/threats.db"));
  ASSERT_TRUE(report.ok()) << report.error().to_string();
  EXPECT_EQ(report->info.records, 3U);
  ASSERT_EQ(report->info.sources.size(), 3U);
  EXPECT_EQ(report->info.sources[0].name, "osv/Azure Linux");
  EXPECT_EQ(report->info.sources[1].records, 2U);
  EXPECT_EQ(report->info.sources[1].date, parse_rfc3339("2026-01-02T03:04:05Z"));
  EXPECT_EQ(report->skipped.size(), 2U) << "EPSS and CVSS are named as missing";
  const auto db = ThreatDb::open(folder.path("new/folder/threats.db"));
  ASSERT_TRUE(db.ok()) << db.error().to_string();
  EXPECT_EQ(db->info(), report->info);
  struct stat facts{};
  ASSERT_EQ(::stat(folder.path("new/folder/threats.db").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0222, 0200U) << "nobody else may write it";
}

TEST(Import, AMirrorBehindAUrl) {
  const TestFolder folder;
  write_mirror(folder);
  const auto report = import_mirror("file://" + folder.path("mirror"), folder.path("threats.db"));
  ASSERT_TRUE(report.ok()) << report.error().to_string();
  EXPECT_EQ(report->info.records, 3U) << "blanks in names are encoded";
}

TEST(Import, OnlyPlainSchemes) {
  const TestFolder folder;
  for (const char* url : {"ftp://127.0.0.1/x", "scp://127.0.0.1/x", "gopher://127.0.0.1/"}) {
    EXPECT_EQ(import_mirror(url, folder.path("threats.db")).error().kind, ErrorKind::unsupported) << url;
  }
}

TEST(Import, AServerThatIsNotThere) {
  const TestFolder folder;
  const auto report = import_mirror("http://127.0.0.1:1/mirror", folder.path("threats.db"));
  ASSERT_FALSE(report.ok());
  EXPECT_FALSE(std::filesystem::exists(folder.path("threats.db")));
}

TEST(Import, WithoutAListTheFoldersCount) {
  const TestFolder folder;
  write_mirror(folder);
  std::filesystem::remove(folder.path("mirror/osv/ecosystems.txt"));
  const auto report = import_mirror(folder.path("mirror"), folder.path("threats.db"));
  ASSERT_TRUE(report.ok()) << report.error().to_string();
  EXPECT_EQ(report->info.records, 3U);
}

TEST(Import, AMissingEcosystemIsNoSmallThing) {
  const TestFolder folder;
  write_mirror(folder);
  ASSERT_TRUE(import_mirror(folder.path("mirror"), folder.path("threats.db")).ok());
  std::filesystem::remove(folder.path("mirror/osv/npm/all.zip"));
  const auto report = import_mirror(folder.path("mirror"), folder.path("threats.db"));
  ASSERT_FALSE(report.ok());
  EXPECT_NE(report.error().to_string().find("osv/npm/all.zip"), std::string::npos);
  EXPECT_EQ(ThreatDb::open(folder.path("threats.db"))->info().records, 3U) << "the old database stays";
  folder.write("mirror/osv/npm/all.zip", "not a zip");
  EXPECT_FALSE(import_mirror(folder.path("mirror"), folder.path("threats.db")).ok());
}

TEST(Import, BrokenRecordsAreNamedAndLeftOut) {
  const TestFolder folder;
  write_mirror(folder);
  folder.write("mirror/osv/npm/all.zip",
               zip_of({{"A-1.json", npm_record("A-1")}, {"B\x1b[2J.json", "{\"id\":"}, {"C.json", "[]"}}));
  const auto report = import_mirror(folder.path("mirror"), folder.path("threats.db"));
  ASSERT_TRUE(report.ok()) << report.error().to_string();
  EXPECT_EQ(report->info.records, 2U);
  ASSERT_EQ(report->skipped.size(), 4U);
  for (const Incomplete& skipped : report->skipped) EXPECT_EQ(skipped.what.find('\x1b'), std::string::npos);
}

TEST(Import, NothingReadableLeavesTheOldOne) {
  const TestFolder folder;
  const std::string file = folder.write("x.json", "{}");
  const auto report = import_files({file}, folder.path("threats.db"));
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().kind, ErrorKind::malformed);
  EXPECT_FALSE(std::filesystem::exists(folder.path("threats.db")));
}

TEST(Import, FilesAreRecognisedByTheirContent) {
  const TestFolder folder;
  const std::string one = folder.write("1", npm_record("A-1"));
  const std::string array = folder.write("2", "[" + npm_record("A-2") + " , " + npm_record("A-3") + "]\n");
  const std::string zip = folder.write("3", zip_of({{"A-4.json", npm_record("A-4")}}));
  const auto report = import_files({one, array, zip}, folder.path("threats.db"));
  ASSERT_TRUE(report.ok()) << report.error().to_string();
  EXPECT_EQ(report->info.records, 4U);
  EXPECT_TRUE(report->skipped.empty());
  const std::string text = folder.write("4", "just words");
  EXPECT_EQ(import_files({one, text}, folder.path("threats.db")).error().kind, ErrorKind::malformed);
  EXPECT_EQ(import_files({folder.path("none")}, folder.path("threats.db")).error().kind, ErrorKind::not_found);
}

TEST(Import, OneAtATime) {
  const TestFolder folder;
  const std::string file = folder.write("1", npm_record("A-1"));
  {
    const auto lock = ImportLock::take(folder.path("threats.db"));
    ASSERT_TRUE(lock.ok());
    EXPECT_EQ(import_files({file}, folder.path("threats.db")).error().kind, ErrorKind::conflict);
  }
  EXPECT_TRUE(import_files({file}, folder.path("threats.db")).ok());
}

TEST(Import, TheLeftoverOfAKilledImportIsReplaced) {
  const TestFolder folder;
  folder.write("threats.db.new", "half");
  EXPECT_TRUE(import_files({folder.write("1", npm_record("A-1"))}, folder.path("threats.db")).ok());
  EXPECT_FALSE(std::filesystem::exists(folder.path("threats.db.new")));
}

TEST(Import, ALinkInTheWayIsNotFollowed) {
  const TestFolder folder;
  const std::string victim = folder.write("victim", "keep me");
  std::filesystem::create_symlink(victim, folder.path("threats.db.new"));
  EXPECT_TRUE(import_files({folder.write("1", npm_record("A-1"))}, folder.path("threats.db")).ok());
  EXPECT_EQ(*read_file(victim), "keep me");
}

TEST(Import, ArraysAreSplitByBracketsAndQuotes) {
  const auto parts = split_array(R"( [ {"a":"x]}\"[,"} , [1,2], 3 ] )", 10);
  ASSERT_TRUE(parts.ok());
  ASSERT_EQ(parts->size(), 3U);
  EXPECT_EQ((*parts)[0], R"({"a":"x]}\"[,"})");
  EXPECT_EQ((*parts)[2], "3");
  for (const char* bad : {"", "[", "]", "[}]", "[\"]", "[{]", "{}"}) EXPECT_FALSE(split_array(bad, 10).ok()) << bad;
  EXPECT_EQ(split_array("[1,2,3,4]", 2).error().kind, ErrorKind::limit);
}

TEST(Import, PercentEncoding) {
  EXPECT_EQ(percent_encoded_path("osv/Azure Linux/all.zip"), "osv/Azure%20Linux/all.zip");
}

TEST(Import, WhereTheDatabaseIs) {
  ::setenv("PLIMSOLL_DB", "/somewhere/x.db", 1);
  EXPECT_EQ(default_path(), "/somewhere/x.db");
  ::unsetenv("PLIMSOLL_DB");
  EXPECT_TRUE(default_path().ends_with("/threats.db"));
}

}  // namespace
}  // namespace plimsoll::threatdb
