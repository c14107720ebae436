#include "network/detect/state_table.h"

#include <gtest/gtest.h>

namespace plimsoll::network {
namespace {

TEST(StateTable, ForgetsFirstWhatWasNotUsed) {
  StateTable<int, int> table(3);
  for (int i = 0; i < 3; ++i) table.get(i) = i * 10;
  ASSERT_NE(table.find(0), nullptr);  // used: 1 gives way before it
  table.get(3) = 30;
  EXPECT_EQ(table.size(), 3u);
  EXPECT_EQ(table.take_evicted(), 1u);
  EXPECT_EQ(table.take_evicted(), 0u);
  EXPECT_EQ(table.find(1), nullptr);
  ASSERT_NE(table.find(0), nullptr);
  EXPECT_EQ(*table.find(0), 0);
}

TEST(StateTable, ErasedPlacesAreUsedAgain) {
  StateTable<int, int> table(2);
  table.get(1) = 1;
  table.get(2) = 2;
  table.erase(1);
  EXPECT_EQ(table.get(3), 0);  // nothing of 1 is left
  EXPECT_EQ(table.take_evicted(), 0u);
  EXPECT_EQ(table.size(), 2u);
  table.each([](int key, int&) { return key != 2; });
  EXPECT_EQ(table.find(2), nullptr);
  EXPECT_EQ(table.size(), 1u);
}

TEST(StateTable, NeverGrowsBeyondItsBound) {
  StateTable<int, int> table(100);
  for (int i = 0; i < 10'000; ++i) {
    table.get(i) = i;
    ASSERT_LE(table.size(), 100u);
  }
  EXPECT_EQ(table.take_evicted(), 9'900u);
}

}  // namespace
}  // namespace plimsoll::network
