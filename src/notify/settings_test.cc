#include "notify/settings.h"

#include <gtest/gtest.h>

using namespace plimsoll;
using namespace plimsoll::notify;

namespace {

const Known known{{"json", "syslog", "ocsf", "cef"}, {"json", "html", "table"}, {"json", "csv", "html"}};

std::string fault_of(const std::string& text) {
  const auto parsed = parse_settings(text, "plimsoll.yaml", known);
  return parsed.ok() ? "" : parsed.error().message;
}

TEST(Settings, AWholeFile) {
  const auto parsed = parse_settings(R"(
receivers:
  ops:
    kind: webhook
    url: https://hooks.example/plimsoll
    secret_file: /etc/plimsoll/secrets/ops
  chat: {kind: slack, url_file: /etc/plimsoll/secrets/chat}
  mail:
    kind: email
    url: smtp://mail.example:587
    user: plimsoll
    password_file: /etc/plimsoll/secrets/mail
    from: plimsoll@example.org
    to: [ops@example.org, "dev@example.org"]
  log: {kind: syslog, url: "tls://[2001:db8::1]:6514", ca_file: /etc/plimsoll/log-ca.pem}
  am: {kind: alertmanager, url: "http://127.0.0.1:9093"}
  files: {kind: directory, path: /var/lib/plimsoll/reports}
streams:
  all: {to: log, format: syslog}
  sign-ins: {to: ops, format: json, kinds: [auth.], from: beginning}
reports:
  weekly:
    to: [mail, files]
    format: html
    of: {node: web1}
    when: weekly mon 07:30
    time_zone: Europe/Berlin
  trend: {to: mail, format: csv, trend_days: 30, when: "0 6 1 * *"}
sign_on:
  issuer: https://id.example/realms/main
  client_id: plimsoll
  client_secret_file: /etc/plimsoll/secrets/sign-on
  roles: {plimsoll-admins: admin, "everybody": viewer}
)",
                                     "plimsoll.yaml", known);
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(parsed->receivers.size(), 6u);
  EXPECT_EQ(parsed->receiver("log")->address->host, "2001:db8::1");
  EXPECT_EQ(parsed->receiver("log")->address->port, 6514);
  EXPECT_EQ(parsed->receiver("mail")->to.size(), 2u);
  EXPECT_TRUE(parsed->streams[1].from_beginning);
  EXPECT_EQ(parsed->reports[0].of, "web1");
  EXPECT_EQ(parsed->reports[0].schedule.zone().name(), "Europe/Berlin");
  EXPECT_TRUE(parsed->reports[1].trend);
  EXPECT_EQ(parsed->sign_on->roles.size(), 2u);
  EXPECT_TRUE(parsed->speaks());
}

TEST(Settings, NothingIsNothing) {
  const auto parsed = parse_settings("", "plimsoll.yaml", known);
  ASSERT_TRUE(parsed.ok());
  EXPECT_FALSE(parsed->speaks());
}

TEST(Settings, FaultsNameTheirLineAndTheRemedy) {
  const std::string text = R"(receivers:
  Ops: {kind: webhook, url: "https://a.example"}
  a: {kind: pigeon}
  b: {kind: webhook, url: "http://a.example/x"}
  c: {kind: webhook, ulr: "https://a.example/x"}
  d: {kind: syslog, url: "udp://127.0.0.1"}
  e: {kind: webhook, url: "https://user:secret@a.example"}
  f: {kind: email, url: "smtps://a.example", from: me, to: [you@example.org]}
  g: {kind: directory, path: reports}
  h: {kind: webhook, url: "https://a.example", secret_file: key}
streams:
  s: {to: nobody, format: json}
  t: {to: a, format: xml}
reports:
  r: {to: a, format: html, when: whenever}
  u: {to: a, format: html, when: daily 07:30, time_zone: Mars/Olympus}
)";
  const std::string faults = fault_of(text);
  for (const char* part : {"plimsoll.yaml:2:3: \"Ops\" is no name",
                           "plimsoll.yaml:3:",
                           "kind is one of webhook",
                           "plimsoll.yaml:4:",
                           "in the clear; write https://",
                           "plimsoll.yaml:5:",
                           "did you mean \"url\"?",
                           "plimsoll.yaml:6:",
                           "lacks the port",
                           "plimsoll.yaml:7:",
                           "names and secrets have settings of their own",
                           "plimsoll.yaml:8:",
                           "no mail address",
                           "plimsoll.yaml:9:",
                           "whole path",
                           "plimsoll.yaml:10:",
                           "plimsoll.yaml:12:",
                           "there is no receiver \"nobody\"",
                           "plimsoll.yaml:13:",
                           "format is one of json, syslog",
                           "plimsoll.yaml:15:",
                           "daily 07:30",
                           "plimsoll.yaml:16:",
                           "Mars/Olympus"})
    EXPECT_NE(faults.find(part), std::string::npos) << part << "\n" << faults;
}

TEST(Settings, PlaintextMustBeMeant) {
  EXPECT_NE(fault_of("receivers: {a: {kind: syslog, url: 'udp://192.0.2.1:514'}}"), "");
  EXPECT_EQ(fault_of("receivers: {a: {kind: syslog, url: 'udp://192.0.2.1:514', plaintext: true}}"), "");
  EXPECT_EQ(fault_of("receivers: {a: {kind: syslog, url: 'udp://127.0.0.1:514'}}"), "");
}

TEST(Settings, SignOnThatAdmitsNobodyIsAFault) {
  EXPECT_NE(fault_of("sign_on: {issuer: 'https://id.example', client_id: x}").find("admits nobody"), std::string::npos);
  EXPECT_NE(fault_of("sign_on: {issuer: 'http://id.example', client_id: x, default_role: viewer}"), "");
}

TEST(Address, IsTakenApart) {
  const auto a = parse_address("HTTPS://Example.org:8443/a?b=c");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->scheme, "https");
  EXPECT_EQ(a->port, 8443);
  EXPECT_EQ(a->rest, "/a?b=c");
  EXPECT_EQ(shown(*a), "https://Example.org:8443/...");
  for (const char* bad : {"", "example.org", "://x", "http://", "http://a:0", "http://a:99999", "http://u@a",
                          "http://a b", "http://a\r\nX: y", "http://[::1", "http://a:1x"})
    EXPECT_FALSE(parse_address(bad)) << bad;
}

}  // namespace
