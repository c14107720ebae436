#include "server/secrets.h"

#include <gtest/gtest.h>

#include <set>

namespace plimsoll::server {
namespace {

TEST(Secrets, AreNeverTheSame) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const Result<std::string> secret = new_secret();
    ASSERT_TRUE(secret.ok());
    EXPECT_EQ(secret->size(), 43u);
    EXPECT_EQ(secret->find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
    EXPECT_TRUE(seen.insert(*secret).second);
  }
}

TEST(Secrets, PassphrasesAreHashedWithTheirOwnSalt) {
  const Result<std::string> one = hash_passphrase("correct horse battery"),
                            two = hash_passphrase("correct horse battery");
  ASSERT_TRUE(one.ok());
  ASSERT_TRUE(two.ok());
  EXPECT_NE(*one, *two);
  EXPECT_EQ(one->rfind("$argon2id$v=19$m=19456,t=2,p=1$", 0), 0u) << *one;
  EXPECT_TRUE(passphrase_fits("correct horse battery", *one));
  EXPECT_FALSE(passphrase_fits("correct horse batterx", *one));
  EXPECT_FALSE(passphrase_fits("", *one));
  EXPECT_FALSE(passphrase_fits("correct horse battery", "not a hash"));
  EXPECT_FALSE(passphrase_fits("", ""));
}

TEST(Secrets, WhatIsNoPassphrase) {
  EXPECT_TRUE(acceptable_passphrase("correct horse battery", "anna").ok());
  EXPECT_FALSE(acceptable_passphrase("short", "anna").ok());
  EXPECT_FALSE(acceptable_passphrase(std::string(1025, 'x'), "anna").ok());
  EXPECT_FALSE(acceptable_passphrase("aaaaaaaaaaaaaa", "anna").ok());
  EXPECT_FALSE(acceptable_passphrase("Anna.of.the.Sea", "anna.of.the.sea").ok());
  EXPECT_FALSE(acceptable_passphrase("with a \x01 control", "anna").ok());
}

TEST(Secrets, AreComparedWhole) {
  EXPECT_TRUE(same_secret("abc", "abc"));
  EXPECT_FALSE(same_secret("abc", "abd"));
  EXPECT_FALSE(same_secret("abc", "ab"));
  EXPECT_FALSE(same_secret("", "a"));
}

TEST(Throttle, WaitsTwiceAsLongEachTime) {
  Throttle throttle(2, 100);
  throttle.failed("anna", 100);
  throttle.failed("anna", 100);
  EXPECT_EQ(throttle.wait("anna", 100), 0);
  throttle.failed("anna", 100);
  EXPECT_EQ(throttle.wait("anna", 100), 2);
  EXPECT_EQ(throttle.wait("anna", 102), 0);
  throttle.failed("anna", 102);
  EXPECT_EQ(throttle.wait("anna", 102), 4);
  EXPECT_EQ(throttle.wait("other", 102), 0);
  for (int i = 0; i < 50; ++i) throttle.failed("anna", 200);
  EXPECT_EQ(throttle.wait("anna", 200), 900);
  throttle.succeeded("anna");
  EXPECT_EQ(throttle.wait("anna", 200), 0);
}

TEST(Throttle, ForgetsAndStaysSmall) {
  Throttle throttle(1, 10);
  throttle.failed("anna", 0);
  throttle.failed("anna", 0);
  EXPECT_GT(throttle.wait("anna", 0), 0);
  throttle.failed("anna", 7200);  // an hour and more later: as if it were the first
  EXPECT_EQ(throttle.wait("anna", 7200), 0);
  for (int i = 0; i < 1000; ++i) throttle.failed("name" + std::to_string(i), 7201 + i);
  throttle.failed("name999", 8201);
  EXPECT_GT(throttle.wait("name999", 8201), 0) << "the newest is kept";
}

}  // namespace
}  // namespace plimsoll::server
