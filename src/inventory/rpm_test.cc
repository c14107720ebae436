#include "inventory/rpm.h"

#include <gtest/gtest.h>
#include <stdio.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "inventory/rpm_database.h"
#include "inventory/rpm_header.h"
#include "inventory/tree_for_tests.h"

namespace plimsoll::inventory {
namespace {

// Databases of the same four headers: two of packages built by rpmbuild, a public key and a module's package. The bdb
// ones were written by db5.3_load; see tests/fuzz/seeds/rpm_seeds.md.
std::string seed(const std::string& name) {
  auto bytes = read_file(PLIMSOLL_SOURCE_DIR "/tests/fuzz/seeds/" + name);
  EXPECT_TRUE(bytes.ok()) << name;
  return bytes.ok() ? std::move(bytes).value() : std::string();
}

struct Files {
  std::vector<std::string> seen;
  FileSink sink() {
    return [this](std::string_view package, std::string_view path) {
      seen.push_back(std::string(package) + ":" + std::string(path));
    };
  }
};

std::set<std::string> list(const Found& found) {
  std::set<std::string> out;
  for (const Package& p : found.packages)
    out.insert(p.name + " " + p.version + " " + p.arch + " " + p.source_name + " " + p.source_version + " " + p.module);
  return out;
}
const std::set<std::string> expected{
    "plimsoll-demo 2:1.5~rc1-3.el9 noarch plimsoll-demo 2:1.5~rc1-3.el9 ",
    "plimsoll-other 2:7-3.el9 noarch plimsoll-demo 1.5~rc1-3.el9 ",
    "nodejs 1:18.19.0-1.module+el9 x86_64 nodejs 1:18.19.0-1.module+el9 nodejs:18:9030020240:rhel9"};

struct Form {
  const char* path;
  const char* seed;
};
class EveryForm : public testing::TestWithParam<Form> {};

TEST_P(EveryForm, HoldsTheSamePackages) {
  Files files;
  const auto found = parse_rpm_database(GetParam().path, seed(GetParam().seed), files.sink());
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(list(*found), expected);
  EXPECT_TRUE(found->not_assessed.empty());
  EXPECT_TRUE(found->foreign.empty());
  std::ranges::sort(files.seen);
  EXPECT_EQ(files.seen, (std::vector<std::string>{"plimsoll-demo:/usr/lib/python3/site-packages/x-1.dist-info/METADATA",
                                                  "plimsoll-other:/usr/lib/big"}));
}

// Half a database is never taken for a whole one.
TEST_P(EveryForm, CutShortItIsAnErrorOrSaid) {
  const std::string whole = seed(GetParam().seed);
  for (size_t size = 1; size < whole.size(); size += 61) {
    Files files;
    const auto found = parse_rpm_database(GetParam().path, whole.substr(0, size), files.sink());
    if (!found.ok()) continue;
    EXPECT_TRUE(!found->not_assessed.empty() || list(*found) == expected) << size;
  }
}

TEST_P(EveryForm, RubbishIsAnError) {
  Files files;
  EXPECT_FALSE(parse_rpm_database(GetParam().path, std::string(5000, 'x'), files.sink()).ok());
  EXPECT_FALSE(parse_rpm_database(GetParam().path, "x", files.sink()).ok());
}

INSTANTIATE_TEST_SUITE_P(Rpm, EveryForm,
                         testing::Values(Form{"var/lib/rpm/rpmdb.sqlite", "rpm_sqlite/four_headers"},
                                         Form{"usr/lib/sysimage/rpm/Packages.db", "rpm_ndb/four_headers"},
                                         Form{"var/lib/rpm/Packages", "rpm_bdb/four_headers_page_512"},
                                         Form{"var/lib/rpm/Packages", "rpm_bdb/four_headers_page_4096"},
                                         Form{"var/lib/rpm/Packages", "rpm_bdb/four_headers_big_endian"}));

TEST(RpmBdb, ARingOfOverflowPagesEnds) {
  std::string bytes = seed("rpm_bdb/four_headers_page_512");
  for (size_t page = 512; page < bytes.size(); page += 512) {
    if (bytes[page + 25] != 7) continue;
    for (size_t i = 0; i < 4; ++i)
      bytes[page + 16 + i] = static_cast<char>(page / 512 >> (8 * i) & 0xff);  // next: itself
  }
  Files files;
  const auto found = parse_rpm_bdb(bytes, files.sink());
  ASSERT_TRUE(found.ok());
  EXPECT_FALSE(found->not_assessed.empty());
}

TEST(RpmNdb, SlotsThatShowTheSameBytesAreStopped) {
  std::string bytes = seed("rpm_ndb/four_headers");
  const std::string slot = bytes.substr(32 + 3 * 16, 16);
  for (size_t at = 32; at < 4096; at += 16) bytes.replace(at, 16, slot);
  Files files;
  const auto found = parse_rpm_ndb(bytes, files.sink());
  ASSERT_TRUE(found.ok());
  EXPECT_LT(found->packages.size(), 8u);
  EXPECT_FALSE(found->not_assessed.empty());
}

TEST(RpmSqlite, AViewIsNoPackageTable) {
  Files files;
  const std::string bytes = seed("rpm_sqlite/four_headers");
  std::string other = bytes;
  for (size_t at = other.find("Packages"); at != std::string::npos; at = other.find("Packages", at))
    other.replace(at, 8, "Packuges");
  const auto found = parse_rpm_sqlite(other, files.sink());
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().message, "has no table Packages");
}

TEST(RpmHeader, BoundsAreKept) {
  Found found;
  Files files;
  const FileSink sink = files.sink();
  EXPECT_FALSE(add_rpm_header("", found, sink).ok());
  EXPECT_FALSE(add_rpm_header(std::string(8, '\xff'), found, sink).ok());
  const std::string good = seed("rpm_header/0");
  for (size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(add_rpm_header(std::string_view(good).substr(0, size), found, sink).ok());
  EXPECT_TRUE(found.packages.empty());
  EXPECT_TRUE(add_rpm_header(good, found, sink).ok());
}

TEST(Rpm, ALogBesideTheDatabaseIsSaid) {
  EXPECT_TRUE(wants_rpm_wal({.path = "var/lib/rpm/rpmdb.sqlite-wal", .size = 32, .link_target = {}}));
  // A walk over a directory does not know the size yet when it asks.
  EXPECT_TRUE(wants_rpm_wal({.path = "var/lib/rpm/rpmdb.sqlite-wal", .size = 0, .link_target = {}}));
  FileForTests empty("");
  EXPECT_TRUE(read_rpm_wal("var/lib/rpm/rpmdb.sqlite-wal", empty).ok());
  FileForTests file("x");
  EXPECT_FALSE(read_rpm_wal("var/lib/rpm/rpmdb.sqlite-wal", file).ok());
  EXPECT_TRUE(wants_rpm_database({.path = "usr/lib/sysimage/rpm/rpmdb.sqlite", .link_target = {}}));
  EXPECT_FALSE(wants_rpm_database({.path = "home/var/lib/rpm/rpmdb.sqlite", .link_target = {}}));
}

struct ClosePipe {
  void operator()(FILE* pipe) const { ::pclose(pipe); }
};
std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, ClosePipe> pipe(::popen(command.c_str(), "r"));
  std::string out;
  std::array<char, 4096> buffer{};
  while (pipe && ::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe.get())) out += buffer.data();
  return out;
}

// The oracle is rpm itself: it builds a package, registers it in a database of its own and lists it.
TEST(RpmSqlite, AgreesWithRpm) {
  if (output_of("rpmbuild --version 2>/dev/null").empty()) {
    if (std::getenv("PLIMSOLL_CI")) FAIL() << "rpmbuild is missing";
    GTEST_SKIP() << "rpmbuild is missing";
  }
  std::string directory = (std::filesystem::temp_directory_path() / "plimsoll-rpm-XXXXXX").string();
  ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  std::ofstream(directory + "/t.spec")
      << "Name: oracle\nEpoch: 3\nVersion: 1.0^git1\nRelease: 2\nSummary: s\nLicense: MIT\nBuildArch: noarch\n"
         "%description\nd\n%package -n other\nVersion: 5\nSummary: o\n%description -n other\no\n%files\n%files -n "
         "other\n";
  const std::string here = "cd '" + directory + "' && HOME='" + directory + "' ";
  output_of(here + "rpmbuild -bb --define '_topdir " + directory + "/top' t.spec >log 2>&1");
  output_of(here + "rpm --dbpath '" + directory +
            "/db' --justdb --nodeps --ignoreos -i top/RPMS/noarch/*.rpm >>log 2>&1");
  const std::string listed = output_of(here + "rpm --dbpath '" + directory +
                                       "/db' -qa --qf '%{NAME} %{EPOCH}:%{VERSION}-%{RELEASE} %{ARCH}\\n' 2>>log");
  const auto bytes = read_file(directory + "/db/rpmdb.sqlite");
  const auto log = read_file(directory + "/log");
  std::filesystem::remove_all(directory);
  ASSERT_TRUE(bytes.ok()) << (log.ok() ? *log : "");
  Files files;
  const auto found = parse_rpm_sqlite(*bytes, files.sink());
  ASSERT_TRUE(found.ok()) << found.error().message;
  std::set<std::string> ours, theirs;
  for (const Package& p : found->packages) ours.insert(p.name + " " + p.version + " " + p.arch);
  for (const std::string_view line : split(trim(listed), '\n')) theirs.emplace(line);
  EXPECT_EQ(ours, theirs);
  EXPECT_EQ(ours.size(), 2u);
}

}  // namespace
}  // namespace plimsoll::inventory
