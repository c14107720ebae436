#include "network/detect/findings.h"

#include <gtest/gtest.h>

#include <set>

#include "network/detect/detector_for_tests.h"

namespace plimsoll::network {
namespace {

Finding finding(std::string_view source, uint16_t source_port, std::string evidence) {
  Finding out;
  out.detector = "net.test";
  out.severity = SeverityLevel::medium;
  out.source = end_at(source, source_port);
  out.target = end_at("10.0.0.1", 80);
  out.evidence = std::move(evidence);
  return out;
}

TEST(Findings, FoldsBySourceAndTarget) {
  Findings all;
  all.tell(finding("10.0.0.2", 1000, "first"));
  all.tell(finding("10.0.0.2", 1001, "second"));
  all.tell(finding("10.0.0.3", 1000, "other"));
  ASSERT_EQ(all.all().size(), 2u);
  EXPECT_EQ(all.all()[0].count, 2u);
  EXPECT_EQ(all.all()[0].source.port, 0);
  EXPECT_EQ(all.all()[0].evidence, "first");
  EXPECT_EQ(all.all()[1].source.port, 1000);
}

TEST(Findings, TheWorstIsTold) {
  Findings all;
  all.tell(finding("10.0.0.2", 1000, "attempt"));
  Finding worse = finding("10.0.0.2", 1000, "answered");
  worse.outcome = Finding::Outcome::answered;
  all.tell(worse);
  all.tell(finding("10.0.0.2", 1000, "attempt again"));
  EXPECT_EQ(all.all()[0].evidence, "answered");
  EXPECT_EQ(all.all()[0].outcome, Finding::Outcome::answered);
  EXPECT_EQ(all.all()[0].count, 3u);
}

TEST(Findings, AreBoundedAndSayWhatTheBoundCost) {
  Findings all;
  for (size_t i = 0; i < Findings::kMost + 10; ++i) {
    Finding one = finding("10.0.0.2", 1, "");
    one.source.address.bytes[2] = static_cast<uint8_t>(i >> 8);
    one.source.address.bytes[3] = static_cast<uint8_t>(i);
    all.tell(one);
  }
  EXPECT_EQ(all.all().size(), Findings::kMost);
  ASSERT_EQ(all.losses().size(), 1u);
  EXPECT_NE(all.losses()[0].reason.find("10 beyond the bound"), std::string::npos) << all.losses()[0].reason;
}

TEST(Table, RowsAreNamedApartAndComplete) {
  std::set<std::string_view> ids;
  for (const DetectorRow& row : detector_table()) {
    EXPECT_TRUE(ids.insert(row.id).second) << row.id;
    EXPECT_EQ(row.id.rfind("net.", 0), 0u) << row.id;
    EXPECT_EQ(row.technique.substr(0, 1), "T") << row.id;
    EXPECT_NE(row.severity, SeverityLevel::unknown) << row.id;
    EXPECT_NE(row.make(), nullptr) << row.id;
  }
  EXPECT_EQ(default_detectors().size(), ids.size());
}

}  // namespace
}  // namespace plimsoll::network
