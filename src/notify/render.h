#pragma once
#include <string>
#include <utility>
#include <vector>

#include "notify/message.h"

// A message as each kind of receiver wants it. Pure; what is a stranger's in it is escaped for its medium.
namespace plimsoll::notify {

// What is sent by POST.
struct Post {
  std::string type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// The message itself (plimsoll.message/1); of events their lines, as NDJSON where they are JSON. Headers as
// https://www.standardwebhooks.com has them: webhook-id, webhook-timestamp and, with a secret, webhook-signature: "v1,"
// and the base64 of HMAC-SHA256 over "ID.TIMESTAMP.BODY". A secret that begins with whsec_ is base64 behind it.
Post render_webhook(const Message& message, const std::string& secret, Instant now);

// {"text": ...} in Slack's mrkdwn, which Mattermost and Rocket.Chat take, too.
Post render_slack(const Message& message);

// An Adaptive Card in the envelope that workflows of Microsoft Teams take.
Post render_teams(const Message& message);

// The body of POST /api/v2/alerts of Prometheus' Alertmanager. An alert without an end would end by itself after five
// minutes there; ours last a day unless they are told to be over.
Post render_alertmanager(const Message& message);

// A mail (RFC 5322, MIME), lines ended by CRLF. Its Message-ID holds the id of the message.
std::string render_mail(const Message& message, const std::string& from, const std::vector<std::string>& to);

// Lines of syslog (RFC 5424): one for each line of events, else one. Lines that are syslog already stay as they are.
std::vector<std::string> render_syslog(const Message& message, const std::string& host);

// For people, as plain text: title, text, facts, where.
std::string render_text(const Message& message);

}  // namespace plimsoll::notify
