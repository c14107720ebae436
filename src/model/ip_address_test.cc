#include "model/ip_address.h"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

TEST(Address, TextIsReadAndWrittenAlike) {
  for (const char* text : {"10.0.0.1", "255.255.255.255", "2001:db8::1", "::1", "::", "fe80::1:2:3:4"}) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_text(*address), text);
  }
}

TEST(Address, BothSpellingsOfAnIpv4AddressAreEqual) {
  const auto mapped = parse_address("::ffff:192.0.2.7");
  ASSERT_TRUE(mapped);
  EXPECT_EQ(*mapped, *parse_address("192.0.2.7"));
  EXPECT_TRUE(mapped->v4());
  EXPECT_EQ(to_text(*mapped), "192.0.2.7");
  EXPECT_FALSE(parse_address("2001:db8::1")->v4());
}

TEST(Address, RefusesWhatIsNoAddress) {
  using namespace std::string_view_literals;
  for (const std::string_view text : {""sv, "10.0.0"sv, "10.0.0.256"sv, "10.0.0.1 "sv, "::g"sv, "10.0.0.1\0"sv,
                                      "1:2:3:4:5:6:7:8:9"sv, "localhost"sv}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
}

TEST(Prefix, HoldsByBits) {
  const auto ten = parse_prefix("10.0.0.0/8");
  ASSERT_TRUE(ten);
  EXPECT_EQ(ten->bits, 104);
  EXPECT_TRUE(ten->holds(*parse_address("10.255.0.1")));
  EXPECT_FALSE(ten->holds(*parse_address("11.0.0.0")));
  EXPECT_FALSE(ten->holds(*parse_address("a00::1")));
  const auto twelve = parse_prefix("172.16.0.0/12");
  EXPECT_TRUE(twelve->holds(*parse_address("172.31.255.255")));
  EXPECT_FALSE(twelve->holds(*parse_address("172.32.0.0")));
  EXPECT_TRUE(parse_prefix("::/0")->holds(*parse_address("10.0.0.1")));
  EXPECT_FALSE(parse_prefix("0.0.0.0/0")->holds(*parse_address("2001:db8::1")));
  EXPECT_TRUE(parse_prefix("fd00::/8")->holds(*parse_address("fdff::1")));
  EXPECT_TRUE(parse_prefix("127.0.0.1")->holds(*parse_address("127.0.0.1")));
  EXPECT_FALSE(parse_prefix("127.0.0.1")->holds(*parse_address("127.0.0.2")));
}

TEST(Prefix, RefusesLengthsThatAreNone) {
  for (const char* text : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "fd00::/129", "/8", "10.0.0.0/8/8"}) {
    EXPECT_FALSE(parse_prefix(text)) << text;
  }
}

}  // namespace
}  // namespace plimsoll
