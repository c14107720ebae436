#include "feed/modified_ids.h"

#include <gtest/gtest.h>

namespace plimsoll::feed {
namespace {

Instant at(const char* text) { return *parse_rfc3339(text); }

TEST(ModifiedIds, AreReadSortedAndOnce) {
  const auto ids = parse_modified_ids(
      "2026-03-01T00:00:00.123456Z,GHSA-b\r\n2026-02-01T00:00:00Z,CVE-1\n\n2026-01-01T00:00:00Z,GHSA-b\n");
  ASSERT_TRUE(ids.ok()) << ids.error().to_string();
  const std::vector<ModifiedId> expected{{"CVE-1", at("2026-02-01T00:00:00Z")}, {"GHSA-b", at("2026-03-01T00:00:00Z")}};
  EXPECT_EQ(*ids, expected);
  EXPECT_EQ(*parse_modified_ids(write_modified_ids(*ids)), expected);
  EXPECT_TRUE(write_modified_ids(*ids).starts_with("2026-03-01")) << "newest first";
  EXPECT_TRUE(parse_modified_ids("")->empty());
}

TEST(ModifiedIds, ALineOfAnotherShapeRefusesTheList) {
  for (const char* bad : {"<html>", "2026-02-01T00:00:00Z", "2026-02-01T00:00:00Z,", "2026-02-01T00:00:00Z,../../x",
                          "2026-02-01T00:00:00Z,a/b", "2026-02-01T00:00:00Z,.hidden", "yesterday,CVE-1",
                          "2026-02-01T00:00:00Z,a b", "2026-02-01T00:00:00Z,a\x1b[2J"}) {
    const auto ids = parse_modified_ids(std::string("2026-02-01T00:00:00Z,CVE-1\n") + bad + "\n");
    ASSERT_FALSE(ids.ok()) << bad;
    EXPECT_EQ(ids.error().kind, ErrorKind::malformed);
    EXPECT_NE(ids.error().to_string().find("line 2"), std::string::npos);
    EXPECT_EQ(ids.error().to_string().find('\x1b'), std::string::npos);
  }
  EXPECT_FALSE(is_record_id(std::string(129, 'a')));
}

TEST(ModifiedIds, DifferenceOfTwoLists) {
  const Instant one = at("2026-01-01"), two = at("2026-01-02");
  const std::vector<ModifiedId> then{{"A", one}, {"B", one}, {"C", two}, {"D", one}};
  const std::vector<ModifiedId> now{{"A", one}, {"B", two}, {"C", one}, {"E", one}};
  const ModifiedDifference difference = difference_of(then, now);
  EXPECT_EQ(difference.changed, (std::vector<ModifiedId>{{"B", two}, {"E", one}})) << "C is older now: no change";
  EXPECT_EQ(difference.gone, std::vector<std::string>{"D"});
  EXPECT_TRUE(difference_of(now, now).changed.empty());
  EXPECT_EQ(difference_of({}, now).changed.size(), 4U);
  EXPECT_EQ(difference_of(now, {}).gone.size(), 4U);
}

}  // namespace
}  // namespace plimsoll::feed
