#include "notify/message.h"

#include <gtest/gtest.h>

using namespace plimsoll;
using namespace plimsoll::notify;

namespace {

Message whole() {
  Message out;
  out.id = "00112233445566778899aabbccddeeff";
  out.at = *parse_rfc3339("2026-11-28T21:00:00Z");
  out.purpose = Purpose::report;
  out.urgency = Urgency::critical;
  out.title = "a \"title\"\nwith a break";
  out.text = "text";
  out.rule = "weekly";
  out.group = "weekly/web";
  out.asset.value = "docker:1";
  out.asset_name = "web";
  out.node = "host";
  out.facts = {{"score", "93"}, {"level", "critical"}};
  out.lines = {"<110>1 a", "b"};
  out.attachment = Attachment{"report.html", "text/html", "<p>\xC3\xA4</p>"};
  return out;
}

TEST(Message, ComesBackAsItWas) {
  for (const Purpose purpose : {Purpose::alert, Purpose::resolved, Purpose::events, Purpose::report, Purpose::test}) {
    Message message = whole();
    message.purpose = purpose;
    const auto back = message_from_json(message_to_json(message));
    ASSERT_TRUE(back.ok()) << back.error().to_string();
    EXPECT_EQ(*back, message);
  }
}

TEST(Message, WhatIsNoneIsRefused) {
  const std::string good = message_to_json(whole());
  EXPECT_FALSE(message_from_json("").ok());
  EXPECT_FALSE(message_from_json("[]").ok());
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"plimsoll.message/1", "plimsoll.message/2"},
                                                        {"00112233", "../../zz"},
                                                        {"\"report\"", "\"rapport\""},
                                                        {"critical", "dreadful"},
                                                        {"2026-11-28T", "yesterday"},
                                                        {"\"93\"", "93"}}) {
    std::string bad = good;
    const size_t at = bad.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    bad.replace(at, from.size(), to);
    EXPECT_FALSE(message_from_json(bad).ok()) << bad;
  }
}

TEST(Message, IdsDiffer) {
  const auto a = new_message_id(), b = new_message_id();
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(a->size(), 32u);
  EXPECT_NE(*a, *b);
}

}  // namespace
