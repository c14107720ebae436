#include "network/flow/stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace plimsoll::network {
namespace {

constexpr size_t head = 64 * 1024;

struct Segment {
  uint32_t sequence;
  std::string bytes;
};

struct Collected {
  std::string text;
  StreamBudget budget;
  Stream stream;

  void add(const Segment& segment, size_t head_bytes = head) {
    stream.add(segment.sequence, segment.bytes, static_cast<uint32_t>(segment.bytes.size()), head_bytes, budget,
               [this](std::string_view piece) { text += piece; });
  }
};

std::string random_text(std::mt19937& random, size_t size) {
  std::string out(size, '\0');
  for (char& c : out) c = static_cast<char>(random());
  return out;
}

// Splits at random places, doubles some, overlaps some with the same bytes, in a random order.
std::vector<Segment> shattered(const std::string& text, uint32_t first, std::mt19937& random) {
  std::vector<Segment> out;
  for (size_t at = 0; at < text.size();) {
    const size_t size = 1 + random() % 900;
    out.push_back({first + static_cast<uint32_t>(at), text.substr(at, size)});
    if (random() % 4 == 0) {
      const size_t from = at - std::min<size_t>(at, random() % 300);
      out.push_back({first + static_cast<uint32_t>(from), text.substr(from, size + random() % 300)});
    }
    at += size;
  }
  std::shuffle(out.begin(), out.end(), random);
  return out;
}

TEST(Stream, OrderSplitAndDuplicatesNeverChangeTheBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    const std::string text = random_text(random, 1 + random() % 20'000);
    const uint32_t first = round % 3 == 0 ? 0xffff'ff00 : static_cast<uint32_t>(random());
    Collected got;
    got.stream.begin(first);
    for (const Segment& segment : shattered(text, first, random)) got.add(segment);
    ASSERT_EQ(got.text, text) << "round " << round;
    EXPECT_EQ(got.budget.used, 0u);
    EXPECT_EQ(got.budget.lost, 0u);
  }
}

TEST(Stream, SingleBytesInReverse) {
  const std::string text = "every byte of it, the last one first";
  Collected got;
  got.stream.begin(100);
  for (size_t i = text.size(); i-- > 0;) got.add({100 + static_cast<uint32_t>(i), text.substr(i, 1)});
  EXPECT_EQ(got.text, text);
}

TEST(Stream, OfOverlapsTheDeliveredBytesStay) {
  Collected got;
  got.stream.begin(0);
  got.add({0, "abcd"});
  got.add({2, "XXef"});
  EXPECT_EQ(got.text, "abcdef");
}

TEST(Stream, OfUndeliveredOverlapsTheEarlierSegmentWins) {
  Collected got;
  got.stream.begin(0);
  got.add({4, "4444"});
  got.add({2, "2222"});  // begins before it: its bytes count
  got.add({6, "6666"});  // begins after it: those held count
  got.add({0, "00"});
  EXPECT_EQ(got.text, "0022224466");
}

TEST(Stream, StopsAtTheHead) {
  Collected got;
  got.stream.begin(0);
  got.add({90, std::string(20, 'b')}, 100);
  got.add({0, std::string(90, 'a')}, 100);
  EXPECT_EQ(got.text, std::string(90, 'a') + std::string(10, 'b'));
  EXPECT_FALSE(got.stream.open());
  got.add({100, "more"}, 100);
  EXPECT_EQ(got.text.size(), 100u);
  EXPECT_EQ(got.budget.used, 0u);
}

TEST(Stream, BytesBehindAGapAreNotJoined) {
  const Time at(std::chrono::seconds(1000));
  Collected got;
  got.stream.begin(0);
  got.add({0, "ab"});
  got.add({4, "ef"});
  got.stream.acknowledged(6, at, got.budget);
  EXPECT_TRUE(got.stream.open());  // it may only be late
  got.stream.acknowledged(6, at + std::chrono::milliseconds(1'500), got.budget);
  EXPECT_FALSE(got.stream.open());
  got.add({2, "cd"});
  EXPECT_EQ(got.text, "ab");
  EXPECT_EQ(got.budget.lost, 1u);
  EXPECT_EQ(got.budget.used, 0u);
}

TEST(Stream, WhatTheCaptureCutOffIsAGap) {
  Collected got;
  got.stream.begin(0);
  got.stream.add(0, "ab", 10, head, got.budget, [&](std::string_view piece) { got.text += piece; });
  got.add({10, "more"});
  EXPECT_EQ(got.text, "ab");
  EXPECT_EQ(got.budget.lost, 1u);
}

TEST(Stream, HoldsNoMoreThanItsBounds) {
  Collected runs;
  runs.stream.begin(0);
  for (uint32_t i = 0; i < 1000; ++i) runs.add({10 + 3 * i, "x"});  // none touches another
  EXPECT_FALSE(runs.stream.open());
  EXPECT_EQ(runs.budget.used, 0u);
  EXPECT_GT(runs.budget.lost, 0u);
  Collected bytes;
  bytes.budget.limit = 1000;
  bytes.stream.begin(0);
  bytes.add({10, std::string(900, 'x')});
  EXPECT_EQ(bytes.budget.used, 900u);
  bytes.add({2000, std::string(200, 'x')});
  EXPECT_FALSE(bytes.stream.open());
  EXPECT_EQ(bytes.budget.used, 0u);
}

TEST(Stream, KeepAliveAndOldBytesAreIgnored) {
  Collected got;
  got.stream.begin(0);
  got.add({0, "abc"});
  got.add({2, "?"});
  got.add({static_cast<uint32_t>(-1), "!"});
  got.add({3, "d"});
  EXPECT_EQ(got.text, "abcd");
}

}  // namespace
}  // namespace plimsoll::network
