#include "notify/render.h"

#include "base/text.h"
#include "notify/encode.h"
#include "wire/json_writer.h"

namespace plimsoll::notify {
namespace {

using wire::JsonWriter;

constexpr size_t longest_line = 500, longest_text = 8000;

std::string heading(const Message& message) {
  return "[" + std::string(message.purpose == Purpose::alert ? name_of(message.urgency) : name_of(message.purpose)) +
         "] " + printable(message.title, longest_line);
}

// The facts, and what the message is about, as pairs for people.
std::vector<std::pair<std::string, std::string>> rows_of(const Message& message) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto add = [&](std::string name, std::string_view value) {
    if (!value.empty()) out.emplace_back(std::move(name), printable(value, longest_line));
  };
  add("asset", message.asset_name.empty() ? message.asset.value : message.asset_name);
  add("node", message.node);
  add("rule", message.rule);
  for (const auto& [name, value] : message.facts) add(printable(name, 60), value);
  add("at", format_rfc3339(message.at));
  add("message", message.id);
  return out;
}

// printable() of each line of a text that may have several.
std::string printable_lines(const std::string& text) {
  std::string out;
  for (const std::string_view line : split(text, '\n')) {
    if (out.size() > longest_text) return out + "...";
    if (!out.empty()) out += '\n';
    out += printable(line, longest_text);
  }
  return out;
}

std::string signing_key(const std::string& secret) {
  constexpr std::string_view prefix = "whsec_";
  if (secret.rfind(prefix, 0) != 0) return secret;
  return from_base64(std::string_view(secret).substr(prefix.size())).value_or(secret);
}

// The three characters that mean something in Slack's markup.
std::string slack_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

// Without the characters by which Markdown would make links of a stranger's name.
std::string card_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("[]()*_`#<>\\").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string lines_of(const Message& message) {
  std::string out;
  for (const std::string& line : message.lines) out += line + "\n";
  return out;
}

}  // namespace

std::string render_text(const Message& message) {
  std::string out = heading(message) + "\n";
  if (!message.text.empty()) out += "\n" + printable_lines(message.text) + "\n";
  out += "\n";
  for (const auto& [name, value] : rows_of(message)) out += name + ": " + value + "\n";
  if (message.attachment) out += "\nattached: " + printable(message.attachment->name, longest_line) + "\n";
  return out;
}

Post render_webhook(const Message& message, const std::string& secret, Instant now) {
  Post out;
  if (message.purpose == Purpose::events) {
    const bool json = !message.lines.empty() && message.lines.front().front() == '{';
    out.type = json ? "application/x-ndjson" : "text/plain; charset=utf-8";
    out.body = lines_of(message);
  } else {
    out.type = "application/json";
    out.body = message_to_json(message);
  }
  const std::string timestamp = std::to_string(now.time_since_epoch().count());
  out.headers = {{"webhook-id", message.id}, {"webhook-timestamp", timestamp}};
  if (!secret.empty()) {
    const std::string signed_text = message.id + "." + timestamp + "." + out.body;
    out.headers.emplace_back("webhook-signature", "v1," + base64(hmac_sha256(signing_key(secret), signed_text)));
  }
  return out;
}

Post render_slack(const Message& message) {
  std::string text = "*" + slack_escaped(heading(message)) + "*\n";
  if (!message.text.empty()) text += slack_escaped(printable_lines(message.text)) + "\n";
  for (const auto& [name, value] : rows_of(message)) text += slack_escaped(name + ": " + value) + "\n";
  JsonWriter out(JsonWriter::Layout::one_line);
  out.begin_object().member("text", text).member("unfurl_links", false).member("unfurl_media", false).end_object();
  return {"application/json", std::move(out).take(), {}};
}

Post render_teams(const Message& message) {
  JsonWriter out(JsonWriter::Layout::one_line);
  out.begin_object().member("type", "message").key("attachments").begin_array().begin_object();
  out.member("contentType", "application/vnd.microsoft.card.adaptive").key("content").begin_object();
  out.member("$schema", "http://adaptivecards.io/schemas/adaptive-card.json").member("type", "AdaptiveCard");
  out.member("version", "1.4").key("body").begin_array();
  out.begin_object().member("type", "TextBlock").member("text", card_text(heading(message)));
  out.member("weight", "Bolder").member("wrap", true);
  out.member("color", message.urgency >= Urgency::high ? "Attention" : "Default").end_object();
  if (!message.text.empty()) {
    out.begin_object().member("type", "TextBlock").member("text", card_text(printable_lines(message.text)));
    out.member("wrap", true).end_object();
  }
  out.begin_object().member("type", "FactSet").key("facts").begin_array();
  for (const auto& [name, value] : rows_of(message))
    out.begin_object().member("title", card_text(name)).member("value", card_text(value)).end_object();
  out.end_array().end_object().end_array().end_object().end_object().end_array().end_object();
  return {"application/json", std::move(out).take(), {}};
}

Post render_alertmanager(const Message& message) {
  constexpr std::chrono::hours lasts{24};
  const std::string group = message.group.empty() ? message.id : message.group;
  JsonWriter out(JsonWriter::Layout::one_line);
  out.begin_array().begin_object().key("labels").begin_object();
  // What makes the alert the one it is: nothing that changes from one message of its group to the next.
  out.member("alertname", message.rule.empty() ? "plimsoll" : message.rule).member("plimsoll_group", group);
  if (!message.asset.empty()) out.member("asset", message.asset.value);
  if (!message.asset_name.empty()) out.member("asset_name", message.asset_name);
  if (!message.node.empty()) out.member("node", message.node);
  out.end_object().key("annotations").begin_object().member("summary", printable(message.title, longest_line));
  out.member("description", printable_lines(message.text)).member("severity", name_of(message.urgency));
  out.member("message_id", message.id);
  for (const auto& [name, value] : message.facts) out.member("fact_" + name, printable(value, longest_line));
  out.end_object();
  const bool over = message.purpose == Purpose::resolved;
  // When it began is not told again with its end: Alertmanager keeps the earliest.
  out.member("startsAt", format_rfc3339(message.at));
  out.member("endsAt", format_rfc3339(over ? message.at : message.at + lasts)).end_object().end_array();
  return {"application/json", std::move(out).take(), {}};
}

}  // namespace plimsoll::notify
