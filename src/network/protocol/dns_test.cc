#include "network/protocol/dns.h"

#include <gtest/gtest.h>

#include "network/protocol/looked_up.h"

namespace plimsoll::network {
namespace {

using namespace std::string_literals;

const std::string header = "\x12\x34\x81\x80\0\1\0\2\0\0\0\0"s, question = "\3www\7example\4test\0\0\1\0\1"s;

TEST(Dns, AnAliasAndItsAddress) {
  const std::string alias = "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\6\3cdn\xc0\x10"s;
  const std::string address = "\xc0\x2e\0\1\0\1\0\0\0\x3c\0\4\xcb\0\x71\x05"s;
  const auto message = parse_dns(header + question + alias + address);
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->response);
  EXPECT_EQ(message->questions[0].name, "www.example.test");
  ASSERT_EQ(message->answers.size(), 2u);
  EXPECT_EQ(message->answers[1].address, parse_address("203.0.113.5"));
  LookedUp names;
  const Time at(std::chrono::seconds(1000));
  const Address asker = *parse_address("10.0.0.1"), answered = *parse_address("203.0.113.5");
  names.learn(asker, *message, at);
  EXPECT_EQ(names.name_of(asker, answered, at), "www.example.test");
  EXPECT_EQ(names.name_of(answered, asker, at), "");
  EXPECT_EQ(names.name_of(asker, answered, at + std::chrono::hours(2)), "");
}

TEST(Dns, PointersThatDoNotPointBackwards) {
  EXPECT_FALSE(parse_dns("\x12\x34\1\0\0\1\0\0\0\0\0\0\xc0\x0c\0\1\0\1"s));  // at itself
  EXPECT_FALSE(parse_dns("\x12\x34\1\0\0\1\0\0\0\0\0\0\1a\xc0\x0c\0\1\0\1"s.substr(0, 18)));
  EXPECT_FALSE(parse_dns("\x12\x34\1\0\0\1\0\0\0\0\0\0\xc0\xff\0\1\0\1"s));  // forwards
}

TEST(Dns, EveryCutIsRefusedOrShorter) {
  const std::string whole = header + question + "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xcb\0\x71\x05"s;
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto message = parse_dns(whole.substr(0, size));
    EXPECT_EQ(message.has_value(), size >= header.size() + question.size()) << size;
    if (message) {
      EXPECT_TRUE(message->answers.empty());
    }
  }
}

TEST(LookedUp, ForgetsTheOldestWhenFull) {
  LookedUp names;
  const Address asker = *parse_address("10.0.0.1");
  const Time at(std::chrono::seconds(1000));
  const auto answer = [](uint32_t number) {
    DnsMessage message;
    message.response = true;
    message.questions.push_back({"n" + std::to_string(number), 1, 1});
    const uint8_t raw[4] = {11, static_cast<uint8_t>(number >> 16), static_cast<uint8_t>(number >> 8),
                            static_cast<uint8_t>(number)};
    message.answers.push_back({1, address_of_v4(raw), {}});
    return message;
  };
  for (uint32_t i = 0; i < 20'000; ++i) names.learn(asker, answer(i), at);
  EXPECT_EQ(names.name_of(asker, *answer(19'999).answers[0].address, at), "n19999");
  EXPECT_EQ(names.name_of(asker, *answer(0).answers[0].address, at), "");
}

}  // namespace
}  // namespace plimsoll::network
