#include "feed/nvd.h"

#include <gtest/gtest.h>

#include "feed/advisory.h"

namespace plimsoll::feed {
namespace {

std::string page(const std::string& cves) {
  return R"({"resultsPerPage":2,"startIndex":4,"totalResults":6,"format":"NVD_CVE","version":"2.0","vulnerabilities":[)" +
         cves + "]}";
}
std::string metric(const std::string& type, const std::string& vector) {
  return R"({"source":"x","type":")" + type + R"(","cvssData":{"version":"?","vectorString":")" + vector + "\"}}";
}
std::string cve(const std::string& id, const std::string& metrics, const std::string& status = "Analyzed") {
  return R"({"cve":{"id":")" + id + R"(","vulnStatus":")" + status +
         R"(","descriptions":[{"lang":"en","value":"{}"}],)" + R"("metrics":{)" + metrics + "}}}";
}
const std::string v31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                  v30 = "CVSS:3.0/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", v2 = "AV:N/AC:L/Au:N/C:P/I:P/A:P";

TEST(Nvd, APage) {
  const auto read = parse_nvd_page(
      page(cve("CVE-2024-1", "\"cvssMetricV31\":[" + metric("Secondary", v30) + "," + metric("Primary", v31) +
                                 "],\"cvssMetricV2\":[" + metric("Primary", v2) + "]") +
           "," + cve("CVE-2001-2", "\"cvssMetricV2\":[" + metric("Primary", v2) + "]") + "," + cve("CVE-2024-3", "") +
           "," + cve("CVE-2024-4", "\"cvssMetricV31\":[" + metric("Primary", v31) + "]", "Rejected") + "," +
           cve("CVE-2018-5", "\"cvssMetricV30\":[" + metric("Secondary", v30) + "]")));
  ASSERT_TRUE(read.ok()) << read.error().to_string();
  EXPECT_EQ(read->start, 4U);
  EXPECT_EQ(read->total, 6U);
  const std::vector<NvdCve> expected{{"CVE-2024-1", {{"CVSS_V3", v31}}},
                                     {"CVE-2001-2", {{"CVSS_V2", v2}}},
                                     {"CVE-2024-3", {}},
                                     {"CVE-2024-4", {}},
                                     {"CVE-2018-5", {{"CVSS_V3", v30}}}};
  EXPECT_EQ(read->cves, expected);
}

TEST(Nvd, ALineIsReadBack) {
  IncompleteList skipped;
  const auto lines = parse_cvss_lines(cvss_line_of({"CVE-2024-1", {{"CVSS_V3", v31}}}) + "\n", skipped);
  ASSERT_TRUE(lines.ok() && skipped.empty());
  ASSERT_EQ(lines->size(), 1U);
  EXPECT_EQ((*lines)[0].cve, "CVE-2024-1");
  EXPECT_EQ((*lines)[0].severities[0].source, "NVD");
  EXPECT_NEAR((*lines)[0].severities[0].score.value_or(0), 9.8, 0.01);
}

TEST(Nvd, OtherThingsAreRefused) {
  for (const std::string& bad :
       {std::string(""), std::string("[]"), std::string("{}"), std::string(R"({"totalResults":1})"),
        std::string(R"({"vulnerabilities":[]})"), page(cve("GHSA-1", "")), page(cve("CVE-\\\"1", "")),
        page("{\"cve\":{}}"), page("").substr(0, 60)}) {
    EXPECT_FALSE(parse_nvd_page(bad).ok()) << bad;
  }
  const auto odd = parse_nvd_page(page(cve("CVE-1", "\"cvssMetricV31\":[" + metric("Primary", "a\\\"b") + "]")));
  ASSERT_TRUE(odd.ok());
  EXPECT_TRUE(odd->cves[0].vectors.empty()) << "no vector holds a quote";
}

}  // namespace
}  // namespace plimsoll::feed
