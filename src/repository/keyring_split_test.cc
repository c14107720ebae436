#include "repository/keyring_split.h"

#include <gtest/gtest.h>

namespace plimsoll::repository {
namespace {

// Packets of the old form with a length of two bytes.
std::string packet(unsigned tag, const std::string& body) {
  return std::string{static_cast<char>(0x81 | (tag << 2)), static_cast<char>(body.size() >> 8),
                     static_cast<char>(body.size())} +
         body;
}
const std::string first = packet(6, "\x04one"), user = packet(13, "A <a@example.org>"), subkey = packet(14, "\x04sub"),
                  second = packet(6, "\x04two");

TEST(KeyringSplit, ACertificateIsAPrimaryKeyAndWhatFollows) {
  const auto got = split_keyring(first + user + subkey + second + user);
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(got[0].bytes, first + user + subkey);
  EXPECT_EQ(got[1].bytes, second + user);
  // printf '\x99\x00\x04\x04one' | sha1sum
  EXPECT_EQ(got[0].fingerprints.at(0), "B5F7BAA12D1C89944F133C0FCF79AA6B0C4322E4");
  EXPECT_EQ(got[0].fingerprints.size(), 2u);
  EXPECT_TRUE(got[0].may_hold(got[0].fingerprints[1].substr(24)));
  EXPECT_FALSE(got[1].may_hold(got[0].fingerprints[0]));
  EXPECT_TRUE(split_keyring("").empty());
}

TEST(KeyringSplit, AllFormsOfLength) {
  const std::string body = "\x04" + std::string(199, 'k');
  const auto expected = split_keyring(packet(6, body)).at(0).fingerprints;
  for (const std::string& header : {std::string("\xc6\xc0\x08", 3), std::string("\xc6\xff\0\0\0\xc8", 6),
                                    std::string("\x98\xc8", 2), std::string("\x9a\0\0\0\xc8", 5)}) {
    const auto got = split_keyring(header + body + second);
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].fingerprints, expected);
  }
}

TEST(KeyringSplit, WhatIsNotUnderstoodMayHoldAnyKey) {
  const std::string parts(
      "\xc6\xe0"
      "k",
      3),
      endless("\x9b\x04", 2), cut("\x99\x01\x00\x04", 4), text = "no keyring";
  for (const std::string& odd : {parts, endless, cut, text}) {
    const auto got = split_keyring(first + odd);
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].bytes, first + odd);
    EXPECT_TRUE(got[0].may_hold("0123456789ABCDEF"));
  }
  EXPECT_TRUE(split_keyring(packet(6, "\x06new")).at(0).may_hold("0123456789ABCDEF"));  // a version of another age
  EXPECT_TRUE(split_keyring(packet(5, "\x04")).at(0).may_hold("0123456789ABCDEF"));     // a secret key
  const auto behind = split_keyring(user + first);
  ASSERT_EQ(behind.size(), 2u);
  EXPECT_FALSE(behind[0].understood);
  EXPECT_TRUE(behind[1].understood);
}

}  // namespace
}  // namespace plimsoll::repository
