#include "system/netlink.h"

#include <gtest/gtest.h>
#include <linux/netlink.h>

#include <cerrno>

namespace plimsoll::system {
namespace {

std::string message(uint16_t type, std::string payload, uint16_t flags = 0, uint32_t extra_length = 0) {
  nlmsghdr header{};
  header.nlmsg_len = static_cast<uint32_t>(sizeof header + payload.size()) + extra_length;
  header.nlmsg_type = type;
  header.nlmsg_flags = flags;
  while (payload.size() % 4 != 0) payload.push_back('\0');
  return std::string(reinterpret_cast<const char*>(&header), sizeof header) + payload;
}

std::string error(int32_t number) { return {reinterpret_cast<const char*>(&number), sizeof number}; }

TEST(Netlink, TakesMessagesUntilDone) {
  std::vector<Machine::NetlinkReply> replies;
  const auto open = take_netlink_messages(message(20, "abc") + message(21, "d"), replies);
  ASSERT_TRUE(open.ok());
  EXPECT_FALSE(*open);
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[0].payload, "abc");
  EXPECT_EQ(replies[1].type, 21);
  const auto done = take_netlink_messages(message(NLMSG_DONE, error(0)), replies);
  ASSERT_TRUE(done.ok());
  EXPECT_TRUE(*done);
}

TEST(Netlink, ErrorsOfTheKernelKeepTheirKind) {
  std::vector<Machine::NetlinkReply> replies;
  const auto denied = take_netlink_messages(message(NLMSG_ERROR, error(-EPERM)), replies);
  ASSERT_FALSE(denied.ok());
  EXPECT_EQ(denied.error().kind, ErrorKind::denied);
  const auto changed = take_netlink_messages(message(20, "abc", NLM_F_DUMP_INTR), replies);
  ASSERT_FALSE(changed.ok());
  EXPECT_EQ(changed.error().kind, ErrorKind::conflict);
}

TEST(Netlink, LengthsThatDoNotFitAreRefused) {
  std::vector<Machine::NetlinkReply> replies;
  const auto read = take_netlink_messages(message(20, "abcd", 0, 1), replies);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::malformed);
}

TEST(Netlink, AttributesEndAtABadLength) {
  const std::string good("\x05\x00\x01\x80x\0\0\0", 8);
  EXPECT_EQ(netlink_attribute(good, 1), "x");  // the nested flag is no part of the type
  EXPECT_EQ(netlink_attribute(good, 2), "");
  EXPECT_EQ(netlink_attributes(good + std::string("\xff\x00\x01\x00", 4)).size(), 1u);
  EXPECT_TRUE(netlink_attributes(std::string("\x01\x00\x01\x00", 4)).empty());
}

}  // namespace
}  // namespace plimsoll::system
