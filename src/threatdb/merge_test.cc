#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "threatdb/db_for_test.h"

namespace plimsoll::threatdb {
namespace {

using Json = nlohmann::json;

const Threat* find(const Matches& matches, std::string_view id) {
  for (const Threat& threat : matches.threats) {
    if (threat.id.value == id) return &threat;
  }
  return nullptr;
}

bool has(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

TEST(Merge, RecordsOfOneVulnerabilityAreOneThreat) {
  const TestFolder folder;
  const auto db =
      db_of(folder, {osv("GHSA-aaaa-bbbb-cccc", "PyPI", "Foo.Bar", below("2.0"),
                         R"("summary":"Bad thing in foo-bar","aliases":["CVE-2024-1"],)"),
                     osv("PYSEC-2024-7", "PyPI", "foo-bar", below("2.1"), R"("aliases":["GHSA-aaaa-bbbb-cccc"],)")});
  ASSERT_TRUE(db.ok()) << db.error().to_string();
  const Matches matches = match_all(*db, {language(PackageType::pypi, "PyPI", "foo_bar", "1.0")});
  ASSERT_EQ(matches.threats.size(), 1U);
  const Threat& threat = matches.threats[0];
  EXPECT_EQ(threat.id.value, "CVE-2024-1");
  EXPECT_EQ(threat.aliases, (std::vector<std::string>{"GHSA-aaaa-bbbb-cccc", "PYSEC-2024-7"}));
  EXPECT_EQ(threat.title, "Bad thing in foo-bar");
  EXPECT_EQ(threat.fixed_version, "2.1") << "only the higher fix answers both records";
  EXPECT_EQ(threat.remedy, "Upgrade foo_bar to 2.1");
  EXPECT_NE(threat.evidence.find("GHSA-aaaa-bbbb-cccc, PYSEC-2024-7"), std::string::npos) << threat.evidence;
}

TEST(Merge, AnAdvisoryForManyCvesDoesNotJoinThem) {
  const TestFolder folder;
  const auto db = db_of(
      folder, {osv("DSA-5000-1", "Debian:12", "openssl", below("3.0.17-1"),
                   R"("summary":"openssl - security update","upstream":["CVE-2023-1","CVE-2023-2"],)"),
               osv("DEBIAN-CVE-2023-1", "Debian:12", "openssl", below("3.0.17-1"), R"("upstream":["CVE-2023-1"],)")});
  ASSERT_TRUE(db.ok()) << db.error().to_string();
  const Matches matches = match_all(*db, {deb("libssl3", "3.0.11-1", "openssl")});
  EXPECT_EQ(triples(matches), (Strings{"CVE-2023-1 libssl3 3.0.11-1", "CVE-2023-2 libssl3 3.0.11-1"}));
  const Threat* first = find(matches, "CVE-2023-1");
  const Threat* second = find(matches, "CVE-2023-2");
  ASSERT_TRUE(first != nullptr && second != nullptr);
  EXPECT_FALSE(has(first->aliases, "CVE-2023-2"));
  EXPECT_EQ(first->aliases, (std::vector<std::string>{"DEBIAN-CVE-2023-1", "DSA-5000-1"}));
  EXPECT_EQ(second->aliases, (std::vector<std::string>{"DSA-5000-1"}));
  EXPECT_EQ(first->evidence, "openssl 3.0.11-1 < 3.0.17-1 (DEBIAN-CVE-2023-1, DSA-5000-1)");
  EXPECT_EQ(first->remedy, "Upgrade source package openssl to 3.0.17-1");
}

TEST(Merge, ADistributionsWordsAreNoTitleForAnother) {
  const TestFolder folder;
  const auto db = db_of(folder, {osv("AZL-1", "Azure Linux:3", "ceph", below("18.2.1-1.azl3"),
                                     R"("summary":"CVE-2019-1 affecting package ceph","upstream":["CVE-2019-1"],)"),
                                 osv("DEBIAN-CVE-2019-1", "Debian:12", "db5.3", below("5.3.28+dfsg1-0.9"),
                                     R"("upstream":["CVE-2019-1"],)")});
  ASSERT_TRUE(db.ok()) << db.error().to_string();
  const Matches matches = match_all(*db, {deb("libdb5.3", "5.3.28-0", "db5.3")});
  ASSERT_EQ(matches.threats.size(), 1U);
  EXPECT_EQ(matches.threats[0].title, "CVE-2019-1 in db5.3");
}

TEST(Merge, ARecordWithTwoCveAliasesStandsForEach) {
  const TestFolder folder;
  const auto db = db_of(
      folder,
      {osv("GO-2024-1", "Go", "example.org/a", below("1.2.0"),
           R"("aliases":["CVE-2024-1","CVE-2024-2","GHSA-1111-1111-1111","GHSA-2222-2222-2222"],)", "SEMVER"),
       osv("GHSA-1111-1111-1111", "Go", "example.org/a", below("1.2.0"), R"("aliases":["CVE-2024-1"],)", "SEMVER"),
       osv("GHSA-2222-2222-2222", "Go", "example.org/a", below("1.2.0"), R"("aliases":["CVE-2024-2"],)", "SEMVER")});
  ASSERT_TRUE(db.ok()) << db.error().to_string();
  const Matches matches = match_all(*db, {language(PackageType::golang, "Go", "example.org/a", "v1.0.0")});
  ASSERT_EQ(matches.threats.size(), 2U);
  EXPECT_EQ(find(matches, "CVE-2024-1")->aliases, (std::vector<std::string>{"GHSA-1111-1111-1111", "GO-2024-1"}));
  EXPECT_EQ(find(matches, "CVE-2024-2")->aliases, (std::vector<std::string>{"GHSA-2222-2222-2222", "GO-2024-1"}));
}

TEST(Merge, WithoutACveGhsaGivesTheName) {
  const TestFolder folder;
  const auto db = db_of(folder, {osv("PYSEC-1", "PyPI", "a", below("2"), R"("aliases":["GHSA-zzzz-zzzz-zzzz"],)"),
                                 osv("A-1", "PyPI", "b", below("2"))});
  ASSERT_TRUE(db.ok());
  const Matches matches =
      match_all(*db, {language(PackageType::pypi, "PyPI", "a", "1"), language(PackageType::pypi, "PyPI", "b", "1")});
  EXPECT_EQ(triples(matches), (Strings{"GHSA-zzzz-zzzz-zzzz a 1", "A-1 b 1"}));
}

TEST(Merge, AlmaLinuxNamesItsCvesInRelated) {
  const TestFolder folder;
  const auto db = db_of(folder, {osv("ALSA-2024:1", "AlmaLinux:9", "curl", below("7.76.1-30.el9"),
                                     R"("related":["CVE-2024-1","CVE-2024-2"],)"),
                                 osv("ALBA-2024:9", "AlmaLinux:9", "curl", below("7.76.1-99.el9"))});
  ASSERT_TRUE(db.ok()) << db.error().to_string();
  Package curl = deb("curl", "7.76.1-29.el9");
  curl.type = PackageType::rpm;
  curl.ecosystem = "AlmaLinux:9";
  const Matches matches = match_all(*db, {curl});
  EXPECT_EQ(triples(matches), (Strings{"CVE-2024-1 curl 7.76.1-29.el9", "CVE-2024-2 curl 7.76.1-29.el9"}))
      << "a bug-fix notice is no vulnerability";
  EXPECT_TRUE(db->show("ALBA-2024:9").ok());
}

TEST(Merge, WithdrawnNeverMatchesButIsShown) {
  const TestFolder folder;
  const auto db = db_of(folder, {osv("GHSA-aaaa-aaaa-aaaa", "npm", "a", below("2.0.0"),
                                     R"("withdrawn":"2024-01-01T00:00:00Z","aliases":["CVE-2024-9"],)", "SEMVER")});
  ASSERT_TRUE(db.ok()) << db.error().to_string();
  EXPECT_TRUE(match_all(*db, {language(PackageType::npm, "npm", "a", "1.0.0")}).threats.empty());
  const auto shown = db->show("cve-2024-9");
  ASSERT_TRUE(shown.ok()) << shown.error().to_string();
  EXPECT_EQ(Json::parse(*shown)["records"][0]["withdrawn"], "2024-01-01T00:00:00Z");
}

TEST(Merge, NoticesNeverMatch) {
  const TestFolder folder;
  const std::string notice =
      R"({"schema_version":"1.6.0","id":"RUSTSEC-2020-1","modified":"2024-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"crates.io","name":"old"},)"
      R"("ranges":[{"type":"SEMVER","events":[{"introduced":"0.0.0-0"}]}],"database_specific":{"informational":"unmaintained"}}]})";
  const auto db = db_of(folder, {notice});
  ASSERT_TRUE(db.ok()) << db.error().to_string();
  EXPECT_TRUE(match_all(*db, {language(PackageType::cargo, "crates.io", "old", "1.0.0")}).threats.empty());
  EXPECT_TRUE(db->show("RUSTSEC-2020-1").ok());
}

TEST(Merge, TheLaterOfTwoRecordsOfOneIdCounts) {
  const TestFolder folder;
  std::string newer = osv("GHSA-aaaa-aaaa-aaaa", "npm", "a", below("3.0.0"), "", "SEMVER");
  newer.replace(newer.find("2026-01-02"), 10, "2026-05-05");
  const auto db = db_of(folder, {osv("GHSA-aaaa-aaaa-aaaa", "npm", "a", below("2.0.0"), "", "SEMVER"), newer,
                                 osv("GHSA-aaaa-aaaa-aaaa", "npm", "a", below("9.0.0"), "", "SEMVER")});
  ASSERT_TRUE(db.ok()) << db.error().to_string();
  EXPECT_EQ(db->info().records, 1U);
  const Matches matches = match_all(*db, {language(PackageType::npm, "npm", "a", "2.5.0")});
  ASSERT_EQ(matches.threats.size(), 1U);
  EXPECT_EQ(matches.threats[0].fixed_version, "3.0.0");
}

TEST(Merge, OneIdFromTwoSourcesKeepsTheirPackages) {
  // ruby-advisory-db and retire.js both hand out GHSA-29mw-wpgm-hmr9: one for lodash-rails, one for lodash.
  const TestFolder folder;
  const auto db = db_of(
      folder,
      {osv("GHSA-29mw-wpgm-hmr9", "RubyGems", "lodash-rails", below("4.17.21"), R"("aliases":["CVE-2020-28500"],)"),
       osv("GHSA-29mw-wpgm-hmr9", "npm", "lodash", below("4.17.21"), R"("aliases":["CVE-2020-28500"],)", "SEMVER")});
  ASSERT_TRUE(db.ok()) << db.error().to_string();
  const Matches matches = match_all(*db, {language(PackageType::npm, "npm", "lodash", "4.17.20"),
                                          language(PackageType::gem, "RubyGems", "lodash-rails", "4.17.20")});
  EXPECT_EQ(triples(matches), (Strings{"CVE-2020-28500 lodash 4.17.20", "CVE-2020-28500 lodash-rails 4.17.20"}));
}

constexpr const char* nvd_line =
    R"({"id":"CVE-2024-1","severity":[{"type":"CVSS_V2","score":"AV:N/AC:L/Au:N/C:P/I:P/A:P"},{"type":"CVSS_V3","score":"CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"source":"NVD"})";

TEST(Merge, OpinionsAreKeptAndTheUsedOneIsNamed) {
  const TestFolder folder;
  const std::string cvss = folder.write("cvss.jsonl", std::string(nvd_line) + "\n");
  const auto db = db_of(
      folder,
      {osv("GHSA-aaaa-bbbb-cccc", "npm", "a", below("2.0.0"),
           R"("aliases":["CVE-2024-1"],"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],)",
           "SEMVER"),
       R"({"schema_version":"1.7.0","id":"AZL-1","modified":"2024-01-01T00:00:00Z","upstream":["CVE-2024-1"],"database_specific":{"severity":"High"},)"
       R"("affected":[{"package":{"ecosystem":"Azure Linux:3","name":"a"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2-1.azl3"}]}]}]})"},
      {cvss});
  ASSERT_TRUE(db.ok()) << db.error().to_string();
  const Matches npm = match_all(*db, {language(PackageType::npm, "npm", "a", "1.0.0")});
  ASSERT_EQ(npm.threats.size(), 1U);
  EXPECT_EQ(npm.threats[0].severity.source, "NVD");
  EXPECT_EQ(npm.threats[0].severity.score, 8.4) << "CVSS 3.1 goes before 2";
  EXPECT_EQ(npm.threats[0].attack_vector, AttackVector::local);
  EXPECT_EQ(npm.threats[0].opinions.size(), 3U) << "NVD's second, GHSA's, Azure's";
  Package rpm = deb("a", "1-1.azl3");
  rpm.type = PackageType::rpm;
  rpm.ecosystem = "Azure Linux:3";
  const Matches azure = match_all(*db, {rpm});
  ASSERT_EQ(azure.threats.size(), 1U);
  EXPECT_EQ(azure.threats[0].severity.source, "AZL-1") << "the distribution knows its own build";
  EXPECT_EQ(azure.threats[0].severity.level, SeverityLevel::high);
  EXPECT_EQ(azure.threats[0].severity.score, 8.0) << "the middle of the level";
  EXPECT_EQ(azure.threats[0].attack_vector, AttackVector::local) << "from the best vector there is";
}

TEST(Merge, ExploitEvidenceJoinsByCve) {
  const TestFolder folder;
  const std::string kev = folder.write(
      "kev.json",
      R"({"title":"CISA Catalog","catalogVersion":"2026.01.01","dateReleased":"2026-01-01T00:00:00Z","count":1,"vulnerabilities":[{"cveID":"CVE-2024-1","vendorProject":"v","product":"p","vulnerabilityName":"P hole","dateAdded":"2024-01-01","shortDescription":"d","requiredAction":"a","dueDate":"2024-02-01","knownRansomwareCampaignUse":"Known","notes":""}]})");
  const std::string epss = folder.write(
      "epss.csv",
      "#model_version:v2023.03.01,score_date:2024-01-13T00:00:00+0000\ncve,epss,percentile\nCVE-2024-1,0.97,0.99\n");
  const auto db =
      db_of(folder,
            {osv("GHSA-aaaa-bbbb-cccc", "npm", "a", below("2.0.0"), R"("aliases":["CVE-2024-1"],)", "SEMVER"),
             osv("GHSA-aaaa-bbbb-dddd", "npm", "a", below("2.0.0"), R"("aliases":["CVE-2024-2"],)", "SEMVER")},
            {kev, epss});
  ASSERT_TRUE(db.ok()) << db.error().to_string();
  const Matches matches = match_all(*db, {language(PackageType::npm, "npm", "a", "1.0.0")});
  ASSERT_EQ(matches.threats.size(), 2U);
  EXPECT_EQ(matches.threats[0].id.value, "CVE-2024-1") << "exploited ones first";
  EXPECT_TRUE(matches.threats[0].known_exploited);
  EXPECT_NEAR(matches.threats[0].epss.value_or(0), 0.97, 1e-6);
  EXPECT_EQ(matches.threats[0].epss_date, parse_rfc3339("2024-01-13"));
  EXPECT_FALSE(matches.threats[1].known_exploited);
  EXPECT_FALSE(matches.threats[1].epss.has_value()) << "no score is not 0";
  EXPECT_EQ(matches.threats[1].severity.level, SeverityLevel::unknown);
}

TEST(Merge, ShowOfABundleNamesItsVulnerabilities) {
  const TestFolder folder;
  const auto db =
      db_of(folder, {osv("DSA-1-1", "Debian:12", "a", below("2"), R"("upstream":["CVE-2023-1","CVE-2023-2"],)")});
  ASSERT_TRUE(db.ok());
  const auto shown = db->show("DSA-1-1");
  ASSERT_TRUE(shown.ok());
  EXPECT_EQ(Json::parse(*shown)["vulnerabilities"], (Json{"CVE-2023-1", "CVE-2023-2"}));
  EXPECT_EQ(Json::parse(*shown)["record"]["affected"][0]["ranges"][0]["events"][1]["fixed"], "2");
  EXPECT_EQ(db->show("CVE-1999-1").error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace plimsoll::threatdb
