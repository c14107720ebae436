#include <gtest/gtest.h>

#include "threatdb/db_for_test.h"

namespace plimsoll::threatdb {
namespace {

Package rpm(const std::string& ecosystem, const std::string& name, const std::string& version,
            const std::string& source = "", const std::string& module = "") {
  Package out = deb(name, version, source);
  out.type = PackageType::rpm;
  out.ecosystem = ecosystem;
  out.module = module;
  return out;
}

TEST(Match, DebianBySourcePackageAndItsVersion) {
  const TestFolder folder;
  const auto db = db_of(
      folder,
      {osv("DEBIAN-CVE-2023-1", "Debian:12", "gcc-12", below("12.2.0-14+deb12u1"), R"("upstream":["CVE-2023-1"],)"),
       osv("DEBIAN-CVE-2023-2", "Debian:12", "libgcc-s1", below("99"), R"("upstream":["CVE-2023-2"],)")});
  ASSERT_TRUE(db.ok()) << db.error().to_string();
  EXPECT_EQ(triples(match_all(*db, {deb("libgcc-s1", "12.2.0-14", "gcc-12")})),
            (Strings{"CVE-2023-1 libgcc-s1 12.2.0-14"}));
  EXPECT_EQ(match_all(*db, {deb("libgcc-s1", "1:12.2.0-14", "gcc-12", "12.2.0-14+deb12u1")}).threats.size(), 0U);
}

TEST(Match, ARecordOfAnotherReleaseDoesNotCount) {
  const TestFolder folder;
  const auto db = db_of(folder, {osv("DSA-1-1", "Debian:11", "a", below("9"), R"("upstream":["CVE-2023-11"],)"),
                                 osv("DSA-2-1", "Debian:12", "a", below("9"), R"("upstream":["CVE-2023-12"],)"),
                                 osv("DSA-3-1", "Debian", "a", below("9"), R"("upstream":["CVE-2023-13"],)")});
  ASSERT_TRUE(db.ok());
  EXPECT_EQ(triples(match_all(*db, {deb("a", "1")})), (Strings{"CVE-2023-12 a 1", "CVE-2023-13 a 1"}));
}

TEST(Match, AlpineByOrigin) {
  const TestFolder folder;
  const auto db =
      db_of(folder,
            {osv("ALPINE-CVE-2020-1", "Alpine:v3.11", "openssl", below("1.1.1d-r2"), R"("upstream":["CVE-2020-1"],)")});
  ASSERT_TRUE(db.ok());
  Package package = deb("libssl1.1", "1.1.1d-r0", "openssl");
  package.type = PackageType::apk;
  package.ecosystem = "Alpine:v3.11";
  EXPECT_EQ(match_all(*db, {package}).threats.size(), 1U);
  package.version = package.source_version = "1.1.1d-r2";
  EXPECT_EQ(match_all(*db, {package}).threats.size(), 0U);
}

TEST(Match, ModuleBuildsAndOthersDoNotMix) {
  const TestFolder folder;
  const auto db =
      db_of(folder, {osv("ALSA-2026:1", "AlmaLinux:9", "nodejs", below("1:20.20.0-1.module_el9.7.0+207+84573810"),
                         R"("summary":"Important: nodejs:20 security update","related":["CVE-2026-1"],)"),
                     osv("ALSA-2026:2", "AlmaLinux:9", "nodejs", below("1:16.20.2-8.el9_4"),
                         R"("summary":"Important: nodejs security update","related":["CVE-2026-2"],)")});
  ASSERT_TRUE(db.ok());
  EXPECT_EQ(triples(match_all(*db, {rpm("AlmaLinux:9", "nodejs", "1:16.20.1-1.el9")})),
            (Strings{"CVE-2026-2 nodejs 1:16.20.1-1.el9"}));
  EXPECT_EQ(triples(match_all(
                *db, {rpm("AlmaLinux:9", "nodejs", "1:20.1.0-1.module_el9.1.0+1+1", "nodejs", "nodejs:20:9010:abc")})),
            (Strings{"CVE-2026-1 nodejs 1:20.1.0-1.module_el9.1.0+1+1"}));
  EXPECT_TRUE(
      match_all(*db, {rpm("AlmaLinux:9", "nodejs", "1:18.1.0-1.module_el9.1.0+1+1", "nodejs", "nodejs:18:9010:abc")})
          .threats.empty())
      << "another stream of the module";
}

TEST(Match, OtherRpmEcosystemsBySourceToo) {
  const TestFolder folder;
  const auto db =
      db_of(folder, {osv("AZL-1", "Azure Linux:3", "openssl", below("3.3.0-2.azl3"), R"("upstream":["CVE-2024-1"],)")});
  ASSERT_TRUE(db.ok());
  EXPECT_EQ(match_all(*db, {rpm("Azure Linux:3", "openssl-libs", "3.3.0-1.azl3", "openssl")}).threats.size(), 1U);
}

TEST(Match, NamesAsEachEcosystemComparesThem) {
  const TestFolder folder;
  const auto db =
      db_of(folder, {osv("A-1", "PyPI", "Zope.Interface", below("2")),
                     osv("A-2", "npm", "@scope/Name", below("2.0.0"), "", "SEMVER"),
                     osv("A-3", "NuGet", "System.Text.Json", below("2.0.0")),
                     osv("A-4", "Go", "stdlib", R"({"introduced":"1.21.0-0"},{"fixed":"1.21.5"})", "", "SEMVER")});
  ASSERT_TRUE(db.ok());
  EXPECT_EQ(match_all(*db, {language(PackageType::pypi, "PyPI", "zope_interface", "1")}).threats.size(), 1U);
  EXPECT_EQ(match_all(*db, {language(PackageType::npm, "npm", "@scope/Name", "1.0.0")}).threats.size(), 1U);
  EXPECT_EQ(match_all(*db, {language(PackageType::npm, "npm", "@scope/name", "1.0.0")}).threats.size(), 0U)
      << "npm's old names have case";
  EXPECT_EQ(match_all(*db, {language(PackageType::nuget, "NuGet", "system.text.json", "1.0.0")}).threats.size(), 1U);
  for (const char* version : {"go1.21.4", "1.21.4", "v1.21.4", "go1.21rc2", "go1.21"}) {
    EXPECT_EQ(match_all(*db, {language(PackageType::golang, "Go", "stdlib", version)}).threats.size(), 1U) << version;
  }
  for (const char* version : {"go1.21.5", "1.20.9", "go1.22rc1"}) {
    EXPECT_EQ(match_all(*db, {language(PackageType::golang, "Go", "stdlib", version)}).threats.size(), 0U) << version;
  }
}

TEST(Match, ListsOfVersions) {
  const TestFolder folder;
  const std::string listed =
      R"({"schema_version":"1.6.0","id":"x_RETIRENET-1","modified":"2024-01-01T00:00:00Z","aliases":["CVE-2018-1"],"affected":[{"package":{"ecosystem":"NuGet","name":"A"},)"
      R"("versions":["2.1.0","2.2.0"],"database_specific":{"fixed_in":{"2.1.0":"2.1.13","2.2.0":"2.2.7"}}}]})";
  const auto db = db_of(folder, {listed});
  ASSERT_TRUE(db.ok()) << db.error().to_string();
  const Matches matches = match_all(*db, {language(PackageType::nuget, "NuGet", "A", "2.2.0")});
  ASSERT_EQ(matches.threats.size(), 1U);
  EXPECT_EQ(matches.threats[0].fixed_version, "2.2.7");
  EXPECT_EQ(matches.threats[0].evidence, "a 2.2.0 is in the list of affected versions (x_RETIRENET-1)");
  EXPECT_EQ(match_all(*db, {language(PackageType::nuget, "NuGet", "A", "2.2.1")}).threats.size(), 0U);
}

TEST(Match, WhatCanNotBeAssessedIsNamed) {
  const TestFolder folder;
  const auto db = db_of(folder, {osv("GHSA-aaaa-aaaa-aaaa", "npm", "a", below("2.0.0"), "", "SEMVER")});
  ASSERT_TRUE(db.ok());
  std::vector<Package> packages{language(PackageType::npm, "npm", "a", "not-semver"),
                                language(PackageType::npm, "npm", "b", "whatever")};
  for (int i = 0; i < 12; ++i) packages.push_back(language(PackageType::apk, "Wolfi", "p" + std::to_string(i), "1"));
  packages.push_back(language(PackageType::deb, "", "p", "1"));
  packages.push_back(language(PackageType::npm, "Nowhere", "owned", "1"));
  packages.back().owned_by = "python3-owned";
  const Matches matches = match_all(*db, packages);
  EXPECT_TRUE(matches.threats.empty());
  ASSERT_EQ(matches.not_assessed.size(), 3U);
  EXPECT_EQ(matches.not_assessed[0].what, "1 deb package");
  EXPECT_EQ(matches.not_assessed[1].what, "12 packages of Wolfi");
  EXPECT_EQ(matches.not_assessed[1].reason, "no advisories in the database");
  EXPECT_EQ(matches.not_assessed[2].what, "a not-semver (npm)");
  EXPECT_EQ(matches.not_assessed[2].reason, "its version can not be compared with GHSA-aaaa-aaaa-aaaa");
}

TEST(Match, OwnedPackagesAreTheirOwners) {
  const TestFolder folder;
  const auto db = db_of(folder, {osv("GHSA-aaaa-aaaa-aaaa", "npm", "a", below("2.0.0"), "", "SEMVER")});
  ASSERT_TRUE(db.ok());
  Package owned = language(PackageType::npm, "npm", "a", "1.0.0");
  owned.owned_by = "node-a";
  EXPECT_TRUE(match_all(*db, {owned}).threats.empty());
}

TEST(Match, WithoutAFixTheRemedySaysSo) {
  const TestFolder folder;
  const auto db = db_of(folder, {osv("GHSA-aaaa-aaaa-aaaa", "npm", "a", R"({"introduced":"1.0.0"})", "", "SEMVER")});
  ASSERT_TRUE(db.ok());
  const Matches matches = match_all(*db, {language(PackageType::npm, "npm", "a", "1.5.0")});
  ASSERT_EQ(matches.threats.size(), 1U);
  EXPECT_TRUE(matches.threats[0].fixed_version.empty());
  EXPECT_EQ(matches.threats[0].evidence, "a 1.5.0 >= 1.0.0 (GHSA-aaaa-aaaa-aaaa)");
  EXPECT_TRUE(matches.threats[0].remedy.starts_with("No fixed version is known"));
}

// ---- kernels ----

struct KernelCase {
  TestFolder folder;
  Result<ThreatDb> db = db_of(
      folder, {osv("DEBIAN-CVE-2026-1", "Debian:12", "linux", below("6.1.176-1"), R"("upstream":["CVE-2026-1"],)")});
  std::vector<Package> packages{deb("linux-image-6.1.0-30-amd64", "6.1.124-1", "linux-signed-amd64", "6.1.124+1"),
                                deb("linux-image-6.1.0-49-amd64", "6.1.176-1", "linux-signed-amd64", "6.1.176+1"),
                                deb("linux-libc-dev", "6.1.100-1", "linux"),
                                deb("linux-headers-6.1.0-30-amd64", "6.1.124-1", "linux")};
};

TEST(Kernel, NeverInContainersAndImages) {
  const KernelCase kernel;
  ASSERT_TRUE(kernel.db.ok());
  EXPECT_TRUE(match_all(*kernel.db, kernel.packages, {AssetKind::container, "6.1.0-30-amd64"}).threats.empty());
  EXPECT_TRUE(match_all(*kernel.db, kernel.packages, {AssetKind::image, ""}).threats.empty());
}

TEST(Kernel, OnceOnTheHostForTheOneThatRuns) {
  const KernelCase kernel;
  ASSERT_TRUE(kernel.db.ok());
  const Matches old = match_all(*kernel.db, kernel.packages, {AssetKind::host, "6.1.0-30-amd64"});
  EXPECT_EQ(triples(old), (Strings{"CVE-2026-1 linux-image-6.1.0-30-amd64 6.1.124-1"}));
  EXPECT_EQ(old.threats.at(0).fixed_version, "6.1.176-1");
  EXPECT_TRUE(match_all(*kernel.db, kernel.packages, {AssetKind::host, "6.1.0-49-amd64"}).threats.empty());
}

TEST(Kernel, ARebuiltImageHasItsSourcesVersion) {
  const KernelCase kernel;
  ASSERT_TRUE(kernel.db.ok());
  const Matches matches = match_all(*kernel.db, {deb("linux-image-6.1.0-49-amd64", "6.1.176-1+b1", "linux")},
                                    {AssetKind::host, "6.1.0-49-amd64"});
  EXPECT_TRUE(matches.threats.empty());
}

TEST(Kernel, NotFromAPackageIsNotAssessed) {
  const KernelCase kernel;
  ASSERT_TRUE(kernel.db.ok());
  const Matches matches = match_all(*kernel.db, kernel.packages, {AssetKind::host, "6.12.1-custom"});
  EXPECT_TRUE(matches.threats.empty());
  ASSERT_EQ(matches.not_assessed.size(), 1U);
  EXPECT_EQ(matches.not_assessed[0].what, "kernel 6.12.1-custom");
  EXPECT_EQ(matches.not_assessed[0].reason, "not from a package");
}

TEST(Kernel, PackagesThatOnlySoundLikeOne) {
  const TestFolder folder;
  const auto db = db_of(
      folder, {osv("A-1", "Debian:12", "linux-base", below("9")), osv("A-2", "Debian:12", "linux-atm", below("9"))});
  ASSERT_TRUE(db.ok());
  EXPECT_EQ(match_all(*db, {deb("linux-base", "4.9"), deb("libatm1", "1:2.5.1-4", "linux-atm", "1")}).threats.size(),
            2U);
}

TEST(Kernel, RpmAndAlpineNamesOfTheRunningOne) {
  const TestFolder folder;
  const auto db = db_of(
      folder,
      {osv("ALSA-1", "AlmaLinux:9", "kernel-core", below("5.14.0-400.el9"), R"("related":["CVE-2024-1"],)"),
       osv("ALPINE-CVE-2020-1", "Alpine:v3.11", "linux-lts", below("5.4.90-r0"), R"("upstream":["CVE-2020-1"],)")});
  ASSERT_TRUE(db.ok());
  Package core = rpm("AlmaLinux:9", "kernel-core", "5.14.0-362.el9", "kernel");
  core.arch = "x86_64";
  EXPECT_EQ(match_all(*db, {core}, {AssetKind::host, "5.14.0-362.el9.x86_64"}).threats.size(), 1U);
  Package lts = deb("linux-lts", "5.4.84-r0");
  lts.type = PackageType::apk;
  lts.ecosystem = "Alpine:v3.11";
  EXPECT_EQ(match_all(*db, {lts}, {AssetKind::host, "5.4.84-0-lts"}).threats.size(), 1U);
  EXPECT_EQ(match_all(*db, {lts}, {AssetKind::image, ""}).threats.size(), 0U);
}

}  // namespace
}  // namespace plimsoll::threatdb
