#include "server/kept_moment.h"

#include <gtest/gtest.h>

namespace plimsoll::server {
namespace {

using Kept = KeptMoment<std::string>;
using std::chrono::milliseconds;

class KeptMomentTest : public testing::Test {
 protected:
  std::string get(const std::string& key, uint64_t version, milliseconds at) {
    return *kept_.get(key, version, Kept::Clock::time_point(at), [&] { return Result<std::string>(stored_[key]); });
  }
  Kept kept_;
  std::map<std::string, std::string> stored_{{"a", "1"}, {"b", "1"}};
};

TEST_F(KeptMomentTest, AValueIsReadOnceForAMoment) {
  EXPECT_EQ(get("a", 1, milliseconds(0)), "1");
  stored_["a"] = "2";
  EXPECT_EQ(get("a", 1, milliseconds(999)), "1");
  EXPECT_EQ(get("b", 1, milliseconds(999)), "1");
  EXPECT_EQ(get("a", 1, milliseconds(1000)), "2") << "what another process wrote";
}

TEST_F(KeptMomentTest, AChangeOfItsVersionCountsAtOnce) {
  EXPECT_EQ(get("a", 1, milliseconds(0)), "1");
  stored_["a"] = "2";
  EXPECT_EQ(get("a", 2, milliseconds(0)), "2");
}

// Read before a change, and handed in behind it.
TEST_F(KeptMomentTest, ALateValueOfBeforeIsNotTakenForOneOfNow) {
  const auto now = Kept::Clock::time_point{};
  const auto slow = kept_.get("a", 1, now, [&]() -> Result<std::string> {
    const std::string before = stored_["a"];
    stored_["a"] = "2";
    EXPECT_EQ(get("a", 2, milliseconds(0)), "2") << "asked by another thread meanwhile";
    return before;
  });
  EXPECT_EQ(*slow, "1");
  EXPECT_EQ(get("a", 2, milliseconds(0)), "2");
}

TEST_F(KeptMomentTest, WhatIsNotThereIsNotKept) {
  const auto now = Kept::Clock::time_point{};
  const auto none = [] { return Result<std::string>(Error{ErrorKind::not_found, "none"}); };
  EXPECT_EQ(get("a", 1, milliseconds(0)), "1");
  EXPECT_FALSE(kept_.get("c", 1, now, none).ok());
  EXPECT_EQ(get("c", 1, milliseconds(0)), "");
  EXPECT_FALSE(kept_.get("a", 2, now, none).ok());
  EXPECT_FALSE(kept_.get("a", 1, now, none).ok()) << "gone is gone";
}

TEST_F(KeptMomentTest, IsBounded) {
  for (size_t i = 0; i < Kept::most + 1; ++i) get(std::to_string(i), 1, milliseconds(0));
  stored_["0"] = "new";
  EXPECT_EQ(get("0", 1, milliseconds(0)), "new") << "the first ones made room";
}

}  // namespace
}  // namespace plimsoll::server
