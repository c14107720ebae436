#include "wire/packed.h"

#include <gtest/gtest.h>

#include "wire/random_facts.h"
#include "wire/test_report.h"

namespace plimsoll::wire {
namespace {

TEST(Packed, RoundTripOfRandomFacts) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Report report;
    RandomFill(seed).fill(report);
    for (AssetReport& asset : report.assets) {
      if (asset.container) asset.host.reset();
      for (IncompleteList* list : {&asset.assessment.not_assessed, &asset.offered.not_assessed}) {
        for (Incomplete& gap : *list) gap = {printable(gap.what), printable(gap.reason), printable(gap.remedy)};
      }
    }
    for (Incomplete& gap : report.incomplete) gap = {printable(gap.what), printable(gap.reason), printable(gap.remedy)};
    make_printable(report.network);
    const auto again = unpack<Report>(pack(report));
    ASSERT_TRUE(again.ok()) << again.error().to_string();
    ASSERT_EQ(*again, report) << "seed " << seed;
  }
}

TEST(Packed, EveryCutIsRefused) {
  const std::string bytes = pack(rich_report());
  ASSERT_TRUE(unpack<Report>(bytes).ok());
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(unpack<Report>(bytes.substr(0, length)).ok()) << length;
  }
  EXPECT_FALSE(unpack<Report>(bytes + "x").ok());
}

TEST(Packed, CountsAndValuesAreChecked) {
  const std::string many("\xff\xff\xff\x7f", 4);
  EXPECT_FALSE(unpack<IncompleteList>(many).ok());
  const std::string some = pack(IncompleteList{{"a", "b", "c"}});
  PackedReader no_memory(some, 10);
  IncompleteList list;
  no_memory.read(list);
  const Status status = no_memory.finish();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::limit);
  EXPECT_FALSE(unpack<bool>("\x02").ok());
  EXPECT_FALSE(unpack<uint16_t>(pack(uint64_t{70000})).ok());
  EXPECT_FALSE(unpack<int>(pack(uint64_t{1} << 40)).ok());
  EXPECT_EQ(*unpack<int>(pack(-5)), -5);
  EXPECT_FALSE(unpack<Loaded>(pack(std::string("perhaps"))).ok());
  EXPECT_FALSE(unpack<Instant>(pack(INT64_MAX)).ok());
}

TEST(Packed, NestingIsBounded) {
  FactTree tree = FactTree::of("leaf");
  for (int level = 1; level < 64; ++level) tree = FactTree::list_of({tree});
  ASSERT_TRUE(unpack<FactTree>(pack(tree)).ok());
  const auto deeper = unpack<FactTree>(pack(FactTree::list_of({tree})));
  ASSERT_FALSE(deeper.ok());
  EXPECT_EQ(deeper.error().kind, ErrorKind::limit);
}

TEST(Packed, WhatPromisesToBePrintableIs) {
  const auto list = unpack<IncompleteList>(pack(IncompleteList{{"a\x1b[31m", "b", "c"}}));
  ASSERT_TRUE(list.ok());
  EXPECT_EQ(list->front().what, "a\\x1B[31m");
}

}  // namespace
}  // namespace plimsoll::wire
