#include <gtest/gtest.h>

#include <map>

#include "base/deflate_for_tests.h"
#include "base/text.h"
#include "feed/advisory.h"
#include "feed/cvss.h"
#include "feed/mirror_for_test.h"
#include "model/names.h"

namespace plimsoll::feed {
namespace {

std::string gzipped(const std::string& text) { return deflated(text, gzip_window); }

TEST(Kev, ReadsEntries) {
  std::optional<Instant> date;
  const auto known = parse_kev(R"({"title":"x","dateReleased":"2025-08-25T17:04:19.9796Z","count":2,"vulnerabilities":[
    {"cveID":"CVE-2025-1","vulnerabilityName":"A bug","dueDate":"2025-09-15","knownRansomwareCampaignUse":"Known","cwes":["CWE-1"]},
    {"cveID":"CVE-2025-2","knownRansomwareCampaignUse":"Unknown"}]})",
                               &date);
  ASSERT_TRUE(known.ok()) << known.error().to_string();
  ASSERT_EQ(known->size(), 2u);
  EXPECT_EQ((*known)[0].cve, "CVE-2025-1");
  EXPECT_EQ((*known)[0].name, "A bug");
  EXPECT_EQ((*known)[0].due_date, "2025-09-15");
  EXPECT_TRUE((*known)[0].ransomware);
  EXPECT_FALSE((*known)[1].ransomware);
  EXPECT_EQ(format_rfc3339(date.value()), "2025-08-25T17:04:19Z");
}

TEST(Kev, RefusesBrokenCatalogues) {
  for (const char* json : {"", "{}", "[]", R"({"vulnerabilities":{}})", R"({"vulnerabilities":[{}]})",
                           R"({"vulnerabilities":[{"cveID":1}]})", R"({"vulnerabilities":[{"cveID":"CVE-1")",
                           R"({"vulnerabilities":[]}x)"}) {
    const auto known = parse_kev(json, nullptr);
    ASSERT_FALSE(known.ok()) << json;
    EXPECT_EQ(known.error().kind, ErrorKind::malformed);
    EXPECT_NE(known.error().to_string().find("KEV catalogue"), std::string::npos);
  }
  EXPECT_TRUE(parse_kev(R"({"vulnerabilities":[]})", nullptr).ok());
}

constexpr const char* kEpss =
    "#model_version:v2023.03.01,score_date:2024-01-13T00:00:00+0000\ncve,epss,percentile\n"
    "CVE-1999-0001,0.01167,0.83393\r\nCVE-1999-0002,1,0\n";

TEST(Epss, ReadsPlainAndGzip) {
  for (const std::string& bytes : {std::string(kEpss), gzipped(kEpss)}) {
    const auto file = parse_epss(bytes);
    ASSERT_TRUE(file.ok()) << file.error().to_string();
    EXPECT_EQ(file->model, "v2023.03.01");
    EXPECT_EQ(format_rfc3339(file->date.value()), "2024-01-13T00:00:00Z");
    ASSERT_EQ(file->scores.size(), 2u);
    EXPECT_EQ(file->scores[0].cve, "CVE-1999-0001");
    EXPECT_FLOAT_EQ(file->scores[0].probability, 0.01167f);
    EXPECT_FLOAT_EQ(file->scores[0].percentile, 0.83393f);
    EXPECT_FLOAT_EQ(file->scores[1].probability, 1);
  }
  EXPECT_EQ(parse_epss("cve,epss\nCVE-1,0.5\n")->scores.size(), 1u);
}

TEST(Epss, RefusalsNameTheLine) {
  const std::pair<const char*, const char*> rows[] = {{"", "heading"},
                                                      {"a,b,c\n", "line 1"},
                                                      {"cve,epss,percentile\nCVE-1,2,0\n", "line 2"},
                                                      {"cve,epss,percentile\nCVE-1,nan,0\n", "line 2"},
                                                      {"cve,epss,percentile\nCVE-1,0.1x,0\n", "line 2"},
                                                      {"cve,epss,percentile\nCVE-1,0.1,0\n,0.1,0\n", "line 3"},
                                                      {"cve,epss,percentile\nCVE-1,0.1,0,9\n", "line 2"},
                                                      {"cve,epss,percentile\n\x1b[2J\n", "\\x1B[2J"}};
  for (const auto& [text, part] : rows) {
    const auto file = parse_epss(text);
    ASSERT_FALSE(file.ok()) << text;
    EXPECT_NE(file.error().to_string().find(part), std::string::npos) << file.error().to_string();
  }
  const std::string gzip = gzipped(kEpss);
  EXPECT_FALSE(parse_epss(std::string_view(gzip).substr(0, gzip.size() - 9)).ok());
}

TEST(CvssLines, ReadsScoresAndCountsBrokenLines) {
  const std::string text =
      R"({"id":"CVE-1","severity":[{"type":"CVSS_V2","score":"AV:N/AC:L/Au:N/C:N/I:N/A:P"}],"source":"nvd"})"
      "\n\n{broken\n"
      R"({"severity":[{"score":"AV:N/AC:L/Au:N/C:N/I:N/A:P"}]})"
      "\n"
      R"({"id":"CVE-2","source":"a-b","severity":[{"score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},)"
      R"({"score":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}]})"
      "\n"
      R"({"id":"CVE-3","severity":[]})";
  for (const std::string& bytes : {text, gzipped(text)}) {
    IncompleteList skipped;
    const auto lines = parse_cvss_lines(bytes, skipped);
    ASSERT_TRUE(lines.ok());
    ASSERT_EQ(lines->size(), 2u);
    EXPECT_EQ((*lines)[0].cve, "CVE-1");
    EXPECT_EQ((*lines)[0].severities[0].score, 5.0);
    EXPECT_EQ((*lines)[0].severities[0].source, "NVD");
    ASSERT_EQ((*lines)[1].severities.size(), 2u);
    EXPECT_EQ((*lines)[1].severities[1].score, 9.3);
    EXPECT_EQ((*lines)[1].severities[0].source, "a-b");
    ASSERT_EQ(skipped.size(), 3u);
    EXPECT_EQ(skipped[0].what, "CVSS vectors, line 3");
    EXPECT_EQ(skipped[1].what, "CVSS vectors, line 4");
    EXPECT_EQ(skipped[2].what, "CVSS vectors, line 6");
  }
}

TEST(CvssLines, ManyBrokenLinesAreCountedNotListed) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "x\n";
  IncompleteList skipped;
  EXPECT_TRUE(parse_cvss_lines(text, skipped)->empty());
  ASSERT_EQ(skipped.size(), 101u);
  EXPECT_EQ(skipped.back().what, "CVSS vectors, 400 more lines");
}

// The counts are the mirror README's own.
TEST(Mirror, KevEpssAndCvssFiles) {
  const auto root = mirror_for_test();
  if (!std::filesystem::exists(root)) GTEST_SKIP() << "no mirror of the feeds beside the repository";
  std::optional<Instant> date;
  const auto known = parse_kev(bytes_of(root / "kev/known_exploited_vulnerabilities.json"), &date);
  ASSERT_TRUE(known.ok()) << known.error().to_string();
  EXPECT_EQ(known->size(), 1404u);
  EXPECT_TRUE(date);
  const auto epss = parse_epss(bytes_of(root / "epss/epss_scores-current.csv.gz"));
  ASSERT_TRUE(epss.ok()) << epss.error().to_string();
  EXPECT_EQ(epss->scores.size(), 221346u);
  EXPECT_EQ(format_rfc3339(epss->date.value()), "2024-01-13T00:00:00Z");
  IncompleteList skipped;
  const auto vectors = parse_cvss_lines(bytes_of(root / "cvss/cve-cvss.jsonl.gz"), skipped);
  ASSERT_TRUE(vectors.ok());
  EXPECT_TRUE(skipped.empty());
  EXPECT_EQ(vectors->size(), 243941u);
  size_t counted = 0;
  for (const auto& cve : *vectors) {
    for (const auto& severity : cve.severities) {
      EXPECT_TRUE(severity.score) << cve.cve << " " << severity.vector;
      ++counted;
    }
  }
  EXPECT_EQ(counted, 76632u + 167274u + 864u);
}

// Bitnami gives vectors and, on its own, the word for the base score: an outside check of thousands of our scores.
TEST(Mirror, ScoresFitThePublishedWords) {
  const auto archive = mirror_for_test() / "osv/Bitnami/all.zip";
  if (!std::filesystem::exists(archive)) GTEST_SKIP() << "no mirror of the feeds beside the repository";
  const std::string bytes = bytes_of(archive);
  const auto zip = ZipReader::open(bytes);
  ASSERT_TRUE(zip.ok());
  OsvParser parser;
  Advisory advisory;
  std::string json;
  size_t compared = 0, same = 0;
  for (size_t i = 0; i < zip->entries(); ++i) {
    ASSERT_TRUE(zip->read(i, json).ok());
    ASSERT_TRUE(parser.parse(json, zip->name(i), advisory).ok());
    if (advisory.severities.empty() || advisory.severities[0].score) continue;
    for (const auto& package : advisory.affected) {
      bool fits = false, any = false;
      for (const auto& severity : package.severities) {
        any = any || severity.score.has_value();
        fits = fits || severity.level == advisory.severities[0].level;
      }
      compared += any;
      same += any && fits;
    }
  }
  EXPECT_GT(compared, 7000u);
  EXPECT_EQ(same, compared);
}

// ruby-advisory-db gives v2 scores as numbers, mostly NVD's; NVD's vectors stand in cvss/. Most must meet (the rest are
// other opinions: counted apart with Python's decimal module, 159 of 176 agree).
TEST(Mirror, ScoresFitThePublishedNumbers) {
  const auto root = mirror_for_test();
  if (!std::filesystem::exists(root)) GTEST_SKIP() << "no mirror of the feeds beside the repository";
  IncompleteList skipped;
  const auto vectors = parse_cvss_lines(bytes_of(root / "cvss/cve-cvss.jsonl.gz"), skipped);
  ASSERT_TRUE(vectors.ok());
  std::map<std::string, const CveSeverity*> by_cve;
  for (const auto& line : *vectors) by_cve[line.cve] = &line;
  OsvParser parser;
  Advisory advisory;
  std::string json;
  size_t compared = 0, same = 0;
  const std::string bytes = bytes_of(root / "osv/RubyGems/all.zip");
  const auto zip = ZipReader::open(bytes);
  ASSERT_TRUE(zip.ok());
  for (size_t i = 0; i < zip->entries(); ++i) {
    ASSERT_TRUE(zip->read(i, json).ok());
    ASSERT_TRUE(parser.parse(json, zip->name(i), advisory).ok());
    const bool only_v2 = advisory.severities.size() == 1 && json.find("cvss_v2_score") != std::string::npos;
    const auto found = advisory.aliases.empty() ? by_cve.end() : by_cve.find(advisory.aliases[0]);
    if (!only_v2 || found == by_cve.end()) continue;
    for (const auto& severity : found->second->severities) {
      if (!severity.vector.starts_with("AV:")) continue;
      ++compared;
      same += severity.score == advisory.severities[0].score;
    }
  }
  EXPECT_GT(compared, 100u);
  EXPECT_GT(same * 100, compared * 85);
}

}  // namespace
}  // namespace plimsoll::feed
