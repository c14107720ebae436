#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "feed/advisory.h"
#include "feed/mirror_for_test.h"

namespace plimsoll::feed {
namespace {

Advisory parsed(std::string_view json) {
  OsvParser parser;
  Advisory out;
  const Status status = parser.parse(json, "TEST-1.json", out);
  EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().to_string());
  return out;
}

Error refusal(std::string_view json) {
  OsvParser parser;
  Advisory out;
  const Status status = parser.parse(json, "TEST-1.json", out);
  EXPECT_FALSE(status.ok()) << json;
  return status.ok() ? Error{} : status.error();
}

constexpr std::string_view kWhole = R"({
  "schema_version": "1.7.0", "id": "GHSA-aaaa-bbbb-cccc", "modified": "2024-05-06T07:08:09.123Z",
  "published": "2024-05-01T00:00:00Z", "withdrawn": "2024-06-01T00:00:00Z",
  "aliases": ["CVE-2024-1"], "upstream": ["CVE-2024-2"], "related": ["CVE-2024-3", "CVE-2024-4"],
  "summary": "A caf\u00e9 \"bug\"", "details": "long", "credits": [{"name": "x"}],
  "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
  "affected": [{
    "package": {"ecosystem": "npm", "name": "left-pad", "purl": "pkg:npm/left-pad"},
    "ranges": [
      {"type": "GIT", "repo": "https://example.test/x", "events": [{"introduced": "0"}, {"fixed": "abc"}]},
      {"events": [{"fixed": "2.0.0"}, {"introduced": "1.0.0"}, {"last_affected": "3"}, {"limit": "4"}], "type": "SEMVER"},
      {"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
    "versions": ["1.0.0", "1.0.1"],
    "severity": [{"type": "Ubuntu", "score": "negligible"}]}],
  "references": [{"type": "WEB", "url": "https://example.test/1"}, {"url": "https://example.test/2"}],
  "database_specific": {"severity": "MODERATE", "cwe_ids": ["CWE-1"]},
  "unheard_of": {"deep": [{"a": null}]}})";

TEST(Osv, TakesEveryFieldOfARecord) {
  const Advisory a = parsed(kWhole);
  EXPECT_EQ(a.id, "GHSA-aaaa-bbbb-cccc");
  EXPECT_EQ(format_rfc3339(*a.modified), "2024-05-06T07:08:09Z");
  EXPECT_EQ(format_rfc3339(*a.published), "2024-05-01T00:00:00Z");
  EXPECT_EQ(format_rfc3339(*a.withdrawn), "2024-06-01T00:00:00Z");
  EXPECT_EQ(a.aliases, std::vector<std::string>{"CVE-2024-1"});
  EXPECT_EQ(a.upstream, std::vector<std::string>{"CVE-2024-2"});
  EXPECT_EQ(a.related, (std::vector<std::string>{"CVE-2024-3", "CVE-2024-4"}));
  EXPECT_EQ(a.summary, "A caf\xc3\xa9 \"bug\"");
  EXPECT_EQ(a.references, (std::vector<std::string>{"https://example.test/1", "https://example.test/2"}));
  ASSERT_EQ(a.severities.size(), 2u);
  EXPECT_EQ(a.severities[0].score, 9.8);
  EXPECT_EQ(a.severities[0].level, SeverityLevel::critical);
  EXPECT_EQ(a.severities[0].source, a.id);
  EXPECT_EQ(a.severities[1].level, SeverityLevel::medium);
  EXPECT_FALSE(a.severities[1].score);
  EXPECT_FALSE(a.informational);
}

TEST(Osv, DropsGitRangesAndKeepsTheOrderOfEvents) {
  const Advisory a = parsed(kWhole);
  ASSERT_EQ(a.affected.size(), 1u);
  const AffectedPackage& p = a.affected[0];
  EXPECT_EQ(p.ecosystem, "npm");
  EXPECT_EQ(p.name, "left-pad");
  EXPECT_EQ(p.purl, "pkg:npm/left-pad");
  EXPECT_EQ(p.versions, (std::vector<std::string>{"1.0.0", "1.0.1"}));
  ASSERT_EQ(p.ranges.size(), 2u);
  EXPECT_TRUE(p.ranges[0].semver);
  ASSERT_EQ(p.ranges[0].events.size(), 4u);
  EXPECT_EQ(p.ranges[0].events[0].kind, EventKind::fixed);
  EXPECT_EQ(p.ranges[0].events[0].version, "2.0.0");
  EXPECT_EQ(p.ranges[0].events[1].kind, EventKind::introduced);
  EXPECT_EQ(p.ranges[0].events[2].kind, EventKind::last_affected);
  EXPECT_EQ(p.ranges[0].events[3].kind, EventKind::limit);
  EXPECT_FALSE(p.ranges[1].semver);
  EXPECT_EQ(p.ranges[1].events[0].version, "0");
  ASSERT_EQ(p.severities.size(), 1u);
  EXPECT_EQ(p.severities[0].level, SeverityLevel::low);
}

// A parser and an Advisory are used again and again: nothing of an earlier record may shine through.
TEST(Osv, ARecordLeavesNothingForTheNext) {
  OsvParser parser;
  Advisory a;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(parser.parse(kWhole, "a", a).ok());
    ASSERT_TRUE(parser.parse(R"({"id":"B","affected":[{"package":{"ecosystem":"npm","name":"b"}}]})", "b", a).ok());
    EXPECT_EQ(a.id, "B");
    EXPECT_FALSE(a.modified || a.published || a.withdrawn);
    EXPECT_TRUE(a.aliases.empty() && a.upstream.empty() && a.related.empty() && a.references.empty());
    EXPECT_TRUE(a.summary.empty() && a.severities.empty());
    ASSERT_EQ(a.affected.size(), 1u);
    EXPECT_TRUE(a.affected[0].purl.empty() && a.affected[0].ranges.empty() && a.affected[0].versions.empty());
    EXPECT_TRUE(a.affected[0].severities.empty() && a.affected[0].fixed_in.empty());
    ASSERT_TRUE(parser.parse(R"({"id":"C"})", "c", a).ok());
    EXPECT_TRUE(a.affected.empty());
    EXPECT_FALSE(parser.parse(R"({"id":"D","aliases":["x"],"affected":7})", "d", a).ok());
  }
}

TEST(Osv, NullAndEmptyListsAreAbsent) {
  const Advisory a = parsed(R"({"id":"X","aliases":null,"affected":null,"severity":null,"summary":null,"withdrawn":null,
    "references":[],"database_specific":null})");
  EXPECT_EQ(a.id, "X");
  EXPECT_TRUE(a.affected.empty());
  EXPECT_FALSE(a.withdrawn);
}

TEST(Osv, AnAffectedRepositoryWithoutPackageIsLeftOut) {
  const Advisory a = parsed(R"({"id":"X","affected":[
    {"ranges":[{"type":"GIT","repo":"r","events":[{"introduced":"0"}]}]},
    {"package":{"ecosystem":"Go","name":"stdlib"},"ranges":[{"type":"SEMVER","events":[{"introduced":"nightly.2026-03-10.0"}]}]}]})");
  ASSERT_EQ(a.affected.size(), 1u);
  EXPECT_EQ(a.affected[0].name, "stdlib");
  EXPECT_EQ(a.affected[0].ranges[0].events[0].version, "nightly.2026-03-10.0");  // not SemVer, but the source says so
}

TEST(Osv, InformationalOnlyWhenEveryPackageIs) {
  EXPECT_TRUE(parsed(R"({"id":"R","affected":[{"package":{"ecosystem":"crates.io","name":"a"},
    "database_specific":{"informational":"unmaintained","cvss":null}}]})")
                  .informational);
  EXPECT_FALSE(parsed(R"({"id":"R","affected":[{"package":{"ecosystem":"crates.io","name":"a"},
    "database_specific":{"informational":null}}]})")
                   .informational);
  EXPECT_FALSE(parsed(R"({"id":"R","affected":[
    {"package":{"ecosystem":"crates.io","name":"a"},"database_specific":{"informational":"unsound"}},
    {"package":{"ecosystem":"crates.io","name":"b"}}]})")
                   .informational);
  EXPECT_FALSE(parsed(R"({"id":"R"})").informational);
}

TEST(Osv, TakesScoresAndWordsOfDatabases) {
  const Advisory a =
      parsed(R"({"id":"X","database_specific":{"cvss_v2_score":"5.0","cvss_v3_score":6.1,"cvss_v4_score":"11",
    "severity":["not","a","word"]},"affected":[{"package":{"ecosystem":"Debian:12","name":"a"},
    "ecosystem_specific":{"urgency":"not yet assigned","severity":"Important"},
    "database_specific":{"fixed_in":{"1.0.0":"1.0.4","1.0.1":"1.0.4","1.1.0":"1.1.3"}}}]})");
  ASSERT_EQ(a.severities.size(), 2u);  // 11 is no score
  EXPECT_EQ(a.severities[0].score, 5.0);
  EXPECT_EQ(a.severities[1].score, 6.1);
  EXPECT_EQ(a.severities[1].level, SeverityLevel::medium);
  ASSERT_EQ(a.affected[0].severities.size(), 1u);
  EXPECT_EQ(a.affected[0].severities[0].level, SeverityLevel::high);
  EXPECT_EQ(a.affected[0].fixed_in, (std::vector<std::string>{"1.0.4", "1.1.3"}));
}

TEST(Osv, KnowsTheWordsOfEverySource) {
  const std::pair<const char*, SeverityLevel> rows[] = {
      {"CRITICAL", SeverityLevel::critical}, {"Important", SeverityLevel::high}, {"High", SeverityLevel::high},
      {"MODERATE", SeverityLevel::medium},   {"medium", SeverityLevel::medium},  {"low**", SeverityLevel::low},
      {"unimportant", SeverityLevel::low},   {"negligible", SeverityLevel::low}};
  for (const auto& [word, level] : rows) {
    const Advisory a = parsed(std::string(R"({"id":"X","database_specific":{"severity":")") + word + "\"}}");
    ASSERT_EQ(a.severities.size(), 1u) << word;
    EXPECT_EQ(a.severities[0].level, level) << word;
  }
  EXPECT_TRUE(parsed(R"({"id":"X","database_specific":{"severity":"end-of-life"}})").severities.empty());
}

TEST(Osv, AnInvalidVectorIsKeptAsUnknown) {
  const Advisory a =
      parsed(R"({"id":"X","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N"},{"type":"CVSS_V2","score":"?"}]})");
  ASSERT_EQ(a.severities.size(), 1u);
  EXPECT_EQ(a.severities[0].vector, "CVSS:3.1/AV:N");
  EXPECT_EQ(a.severities[0].level, SeverityLevel::unknown);
  EXPECT_FALSE(a.severities[0].score);
}

TEST(Osv, RefusalsNameTheRecordAndTheField) {
  const struct {
    const char* json;
    const char* part;
  } rows[] = {
      {R"({"modified":"2024-01-01T00:00:00Z"})", "field id is missing"},
      {R"({"id":7})", "field id:"},
      {R"({"id":"X","aliases":"CVE-1"})", "field aliases:"},
      {R"({"id":"X","aliases":[1]})", "field aliases:"},
      {R"({"id":"X","modified":"yesterday"})", "field modified is not an RFC 3339 time: \"yesterday\""},
      {R"({"id":"X","withdrawn":"\u001b[31m"})", "field withdrawn is not an RFC 3339 time: \"\\x1B[31m\""},
      {R"({"id":"X","affected":{}})", "field affected:"},
      {R"({"id":"X","affected":[3]})", "field affected[]:"},
      {R"({"id":"X","affected":[{"package":"x"}]})", "field affected[].package:"},
      {R"({"id":"X","affected":[{"package":{"name":[]}}]})", "field affected[].package.name:"},
      {R"({"id":"X","affected":[{"package":{"ecosystem":"npm"}}]})", "field affected[].package lacks its name"},
      {R"({"id":"X","affected":[{"ranges":[{"type":"ECOSYSTEM","events":[]}]}]})", "field affected[].package lacks"},
      {R"({"id":"X","affected":[{"versions":[{}]}]})", "field affected[].versions:"},
      {R"({"id":"X","affected":[{"ranges":[{"type":"SEMVER","events":[{"fixed":1}]}]}]})",
       "field affected[].ranges[].events[]:"},
      {R"({"id":"X","affected":[{"ranges":[{"type":"MOON","events":[]}]}]})",
       "is none of SEMVER, ECOSYSTEM, GIT: \"MOON\""},
      {R"({"id":"X","affected":[{"ranges":[{"events":[]}]}]})", "field affected[].ranges[].type is none of"},
      {R"({"id":"X"} {"id":"Y"})", "is followed by more text"},
      {R"({"id":"X","aliases":["CVE-1")", "field "},
      {R"(["id"])", "field (top):"},
      {"", "field (top):"},
      {"{\"id\":\"\xff\"}", "field (top):"},
  };
  for (const auto& row : rows) {
    const Error error = refusal(row.json);
    EXPECT_EQ(error.kind, ErrorKind::malformed) << row.json;
    EXPECT_NE(error.to_string().find(row.part), std::string::npos) << row.json << " -> " << error.to_string();
    EXPECT_NE(error.to_string().find("TEST-1.json"), std::string::npos);
  }
}

TEST(Osv, IsBoundedInSizeCountAndDepth) {
  std::string large = R"({"id":"X","details":")" + std::string(17 << 20, 'a') + "\"}";
  EXPECT_EQ(refusal(large).kind, ErrorKind::limit);
  std::string many = R"({"id":"X","aliases":[)";
  for (int i = 0; i < 1000001; ++i) many += "\"\",";
  many.back() = ']';
  EXPECT_EQ(refusal(many + "}").kind, ErrorKind::limit);
  EXPECT_EQ(refusal(R"({"id":")" + std::string(5000, 'i') + "\"}").kind, ErrorKind::limit);
  const std::string deep = R"({"id":"X","extra":)" + std::string(100000, '[') + std::string(100000, ']') + "}";
  OsvParser parser;
  Advisory a;
  (void)parser.parse(deep, "deep", a).ok();  // either answer is right; the stack must hold
  EXPECT_EQ(parsed(R"({"id":"X","summary":")" + std::string(999, 'x') + "\u00e9\u00e9\"}").summary.size(), 999u);
}

TEST(Mirror, EveryRecordParses) {
  const auto root = mirror_for_test() / "osv";
  if (!std::filesystem::exists(root)) GTEST_SKIP() << "no mirror of the feeds beside the repository";
  OsvParser parser;
  Advisory advisory;
  std::string json;
  std::map<std::string, size_t> seen;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    if (!entry.is_directory()) continue;
    const std::string ecosystem = entry.path().filename();
    const std::string archive = bytes_of(entry.path() / "all.zip");
    auto zip = ZipReader::open(archive);
    ASSERT_TRUE(zip.ok()) << ecosystem << ": " << zip.error().to_string();
    for (size_t i = 0; i < zip->entries(); ++i) {
      const Status read = zip->read(i, json);
      ASSERT_TRUE(read.ok()) << read.error().to_string();
      const Status status = parser.parse(json, zip->name(i), advisory);
      ASSERT_TRUE(status.ok()) << status.error().to_string();
      EXPECT_EQ(advisory.id + ".json", zip->name(i));
      ASSERT_FALSE(advisory.affected.empty()) << advisory.id;
      for (const auto& package : advisory.affected) {
        EXPECT_TRUE(package.ecosystem.starts_with(ecosystem)) << advisory.id << " " << package.ecosystem;
        EXPECT_FALSE(package.ranges.empty() && package.versions.empty()) << advisory.id;
      }
      for (const auto& severity : advisory.severities) {
        EXPECT_TRUE(severity.level != SeverityLevel::unknown || severity.score == 0)
            << advisory.id;  // all vectors valid
      }
      ++seen["records"];
      seen["packages"] += advisory.affected.size();
      seen["withdrawn"] += advisory.withdrawn ? 1 : 0;
      seen["informational"] += advisory.informational ? 1 : 0;
      seen["references"] += advisory.references.size();
      for (const auto& package : advisory.affected) seen["versions"] += package.versions.size();
    }
  }
  // Counted independently, with Python's json module, over the mirror of 2026-11-24.
  EXPECT_EQ(seen["records"], 45950u);
  EXPECT_EQ(seen["packages"], 122671u);
  EXPECT_EQ(seen["withdrawn"], 43u);
  EXPECT_EQ(seen["references"], 163461u);
  EXPECT_EQ(seen["versions"], 141471u);
  EXPECT_EQ(seen["informational"], 476u);
}

}  // namespace
}  // namespace plimsoll::feed
