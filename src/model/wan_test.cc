#include "model/wan.h"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

TEST(WanPolicy, Defaults) {
  const WanPolicy policy;
  for (const std::string inside :
       {"10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "169.254.169.254", "127.0.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "fe80::1", "fd00::1", "ff02::1", "::1", "::", "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1", "no address", ""}) {
    EXPECT_FALSE(policy.is_outside(inside)) << inside;
  }
  for (const std::string outside : {"8.8.8.8", "172.32.0.1", "100.128.0.1", "203.0.113.7", "2001:db8::1",
                                    "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"}) {
    EXPECT_TRUE(policy.is_outside(outside)) << outside;
  }
}

TEST(WanPolicy, TheLongestNetworkDecides) {
  WanPolicy policy;
  policy.inside.push_back(*parse_prefix("203.0.113.0/24"));
  policy.outside = {*parse_prefix("10.9.0.0/16"), *parse_prefix("203.0.113.128/25")};
  EXPECT_FALSE(policy.is_outside(std::string("203.0.113.7")));
  EXPECT_TRUE(policy.is_outside(std::string("203.0.113.200")));
  EXPECT_TRUE(policy.is_outside(std::string("10.9.1.1")));
  EXPECT_FALSE(policy.is_outside(std::string("10.8.1.1")));
  policy.outside.push_back(*parse_prefix("203.0.113.0/24"));
  EXPECT_TRUE(policy.is_outside(std::string("203.0.113.7")));  // named twice: the careful answer
}

}  // namespace
}  // namespace plimsoll
