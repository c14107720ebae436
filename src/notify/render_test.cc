#include "notify/render.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "notify/encode.h"

using namespace plimsoll;
using namespace plimsoll::notify;
using nlohmann::json;

namespace {

Message alert() {
  Message out;
  out.id = "00112233445566778899aabbccddeeff";
  out.at = *parse_rfc3339("2026-11-28T21:00:00Z");
  out.urgency = Urgency::critical;
  out.title = "<b>web</b> & co\r\nBcc: x@example.org";
  out.text = "line one\nline *two*";
  out.rule = "known-exploited";
  out.group = "known-exploited/docker:1";
  out.asset.value = "docker:1";
  out.asset_name = "web";
  out.node = "host";
  out.facts = {{"score", "93"}};
  return out;
}

// From the page of the standard (https://www.standardwebhooks.com, its simulator): secret, id, time, body, signature.
TEST(Webhook, IsSignedAsTheStandardSays) {
  Message message = alert();
  const Post post =
      render_webhook(message, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Instant(std::chrono::seconds(1614265330)));
  EXPECT_EQ(post.headers[0], std::pair(std::string("webhook-id"), message.id));
  EXPECT_EQ(post.headers[1].second, "1614265330");
  EXPECT_EQ(post.headers[2].second, "v1," + base64(hmac_sha256(*from_base64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                                                               message.id + ".1614265330." + post.body)));
  EXPECT_EQ(*message_from_json(post.body), message);
  EXPECT_EQ(render_webhook(message, "", message.at).headers.size(), 2u);
}

// RFC 4231, test case 2; RFC 4648 section 10.
TEST(Encode, KnownAnswers) {
  constexpr unsigned char expected[] = {0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24,
                                        0x26, 0x08, 0x95, 0x75, 0xc7, 0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27,
                                        0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43};
  EXPECT_EQ(hmac_sha256("Jefe", "what do ya want for nothing?"),
            std::string(reinterpret_cast<const char*>(expected), sizeof expected));
  for (const auto& [plain, coded] : std::vector<std::pair<std::string, std::string>>{
           {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(base64(plain), coded);
    EXPECT_EQ(from_base64(coded), plain);
  }
  EXPECT_FALSE(from_base64("Zg="));
  EXPECT_FALSE(from_base64("Z!=="));
}

TEST(Webhook, EventsAreTheirLines) {
  Message message = alert();
  message.purpose = Purpose::events;
  message.lines = {"{\"a\": 1}", "{\"b\": 2}"};
  const Post post = render_webhook(message, "", message.at);
  EXPECT_EQ(post.type, "application/x-ndjson");
  EXPECT_EQ(post.body, "{\"a\": 1}\n{\"b\": 2}\n");
}

TEST(Chat, MarkupOfStrangersIsText) {
  const json slack = json::parse(render_slack(alert()).body);
  const std::string text = slack["text"];
  EXPECT_NE(text.find("&lt;b&gt;web&lt;/b&gt; &amp; co"), std::string::npos) << text;
  EXPECT_NE(text.find("score: 93"), std::string::npos);
  EXPECT_EQ(text.find('\r'), std::string::npos);
  const json card = json::parse(render_teams(alert()).body)["attachments"][0]["content"];
  EXPECT_EQ(card["type"], "AdaptiveCard");
  EXPECT_NE(card["body"][0]["text"].get<std::string>().find("\\<b\\>"), std::string::npos);
  EXPECT_NE(card["body"][1]["text"].get<std::string>().find("\\*two\\*"), std::string::npos);
}

TEST(Alertmanager, OneGroupIsOneAlertUntilItIsOver) {
  Message over = alert();
  over.id = "ffeeddccbbaa99887766554433221100";
  over.purpose = Purpose::resolved;
  over.at += std::chrono::hours(1);
  over.facts = {{"score", "12"}};
  const json a = json::parse(render_alertmanager(alert()).body)[0], b = json::parse(render_alertmanager(over).body)[0];
  EXPECT_EQ(a["labels"], b["labels"]);
  EXPECT_EQ(a["labels"]["alertname"], "known-exploited");
  EXPECT_EQ(a["annotations"]["fact_score"], "93");
  EXPECT_EQ(a["endsAt"], "2026-11-29T21:00:00Z");
  EXPECT_EQ(b["endsAt"], "2026-11-28T22:00:00Z");
}

TEST(Mail, NoLineOfAStrangerIsAHeader) {
  Message message = alert();
  message.attachment = Attachment{"a\"b\r\n.html", "text/html", std::string(1000, 'x')};
  const std::string mail = render_mail(message, "plimsoll@example.org", {"a@example.org", "b@example.org"});
  const size_t end = mail.find("\r\n\r\n");
  ASSERT_NE(end, std::string::npos);
  const std::string head = mail.substr(0, end);
  EXPECT_EQ(head.find("\r\nBcc"), std::string::npos) << head;
  EXPECT_NE(head.find("To: <a@example.org>,\r\n <b@example.org>"), std::string::npos);
  EXPECT_NE(head.find("Message-ID: <00112233445566778899aabbccddeeff@example.org>"), std::string::npos);
  EXPECT_NE(head.find("Date: Sat, 28 Nov 2026 21:00:00 +0000"), std::string::npos);
  EXPECT_NE(mail.find("filename=\"a_b__.html\""), std::string::npos);
  for (size_t at = 0, next; (next = mail.find("\r\n", at)) != std::string::npos; at = next + 2)
    EXPECT_LE(next - at, 200u);
  for (size_t at = mail.find('\n'); at != std::string::npos; at = mail.find('\n', at + 1))
    EXPECT_EQ(mail[at - 1], '\r');
}

TEST(Mail, OtherLettersAreEncodedWords) {
  Message message = alert();
  message.title = "\xC3\xA4\xC3\xB6\xC3\xBC " + std::string(30, 'x') + " \xE2\x82\xAC";
  const std::string mail = render_mail(message, "p@example.org", {"a@example.org"});
  const size_t at = mail.find("Subject: =?UTF-8?B?");
  ASSERT_NE(at, std::string::npos);
  std::string decoded;
  const std::string subject = mail.substr(at + 9, mail.find("\r\nAuto", at) - at - 9);
  for (size_t begin = 0; (begin = subject.find("?B?", begin)) != std::string::npos;) {
    begin += 3;
    decoded += *from_base64(subject.substr(begin, subject.find("?=", begin) - begin));
  }
  EXPECT_EQ(decoded, "[Plimsoll critical] " + message.title);
}

TEST(Syslog, AnAlertIsOneLine) {
  Message message = alert();
  message.facts.emplace_back("odd\"]=", "a\"]\\b");
  const auto lines = render_syslog(message, "host name");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].rfind("<106>1 2026-11-28T21:00:00Z hostname plimsoll - alert [plimsoll@32473 id=\"0011", 0), 0u)
      << lines[0];
  EXPECT_EQ(lines[0].find('\n'), std::string::npos);
  EXPECT_NE(lines[0].find("fact_score=\"93\""), std::string::npos);
  EXPECT_EQ(lines[0].find("odd"), std::string::npos);
}

TEST(Syslog, LinesThatAreSyslogStay) {
  Message message = alert();
  message.purpose = Purpose::events;
  message.lines = {"<110>1 - - - - - -", "{\"a\": 1}"};
  const auto lines = render_syslog(message, "h");
  EXPECT_EQ(lines[0], message.lines[0]);
  EXPECT_EQ(lines[1].substr(lines[1].size() - 8), "{\"a\": 1}");
  EXPECT_EQ(lines[1].rfind("<110>1 ", 0), 0u);
}

}  // namespace
