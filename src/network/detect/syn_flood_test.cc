#include <gtest/gtest.h>

#include "network/detect/detector_for_tests.h"
#include "network/detect/rows.h"

namespace plimsoll::network {
namespace {

using namespace std::chrono_literals;

// `rate` connections a second for `seconds`, by as many sources; of every hundred `answered` come about.
void begin(Watched& watched, int rate, int seconds, int answered, FlowEvent how = FlowEvent::established) {
  for (int i = 0; i < rate * seconds; ++i) {
    FlowRecord flow = watched.flow("203.0.113.0", static_cast<uint16_t>(1024 + i % 60'000), "10.0.0.2", 80);
    flow.key.client.address.bytes[14] = static_cast<uint8_t>(i >> 8);
    flow.key.client.address.bytes[15] = static_cast<uint8_t>(i);
    watched.event(FlowEvent::opened, flow);
    if (i % 100 < answered) watched.event(how, flow);
    watched.pass(std::chrono::microseconds(1'000'000 / rate));
  }
}

TEST(SynFlood, ManyBegunFewAnswered) {
  Watched watched(syn_flood_row);
  begin(watched, 2000, 10, 1);
  watched.pass(1s);
  ASSERT_EQ(watched.findings().size(), 1u);
  const Finding found = watched.findings()[0];
  EXPECT_EQ(found.target, end_at("10.0.0.2", 80));
  EXPECT_EQ(found.source, Endpoint{});
  EXPECT_GE(found.count, 4u);  // seconds that it lasted
  EXPECT_NE(found.evidence.find("connections begun a second over 5 s, 1 % of them answered"), std::string::npos)
      << found.evidence;
}

TEST(SynFlood, LoadThatIsAnsweredIsNone) {
  Watched watched(syn_flood_row);
  begin(watched, 2000, 8, 100);
  EXPECT_TRUE(watched.findings().empty());
}

// Everybody comes back while the service is starting.
TEST(SynFlood, RefusalsAreAnswers) {
  Watched watched(syn_flood_row);
  begin(watched, 1000, 8, 95, FlowEvent::refused);
  EXPECT_TRUE(watched.findings().empty());
}

TEST(SynFlood, FewAreNone) {
  Watched watched(syn_flood_row);
  begin(watched, 300, 10, 0);
  EXPECT_TRUE(watched.findings().empty());
}

TEST(SynFlood, WhatWasAlwaysSoIsNone) {
  Watched watched(syn_flood_row);
  begin(watched, 150, 120, 0);  // a target that is always asked in vain
  begin(watched, 450, 10, 0);   // and now three times as often
  EXPECT_TRUE(watched.findings().empty());
}

}  // namespace
}  // namespace plimsoll::network
