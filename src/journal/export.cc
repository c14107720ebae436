#include "journal/export.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "journal/event_log.h"
#include "wire/json_writer.h"

namespace plimsoll::journal {
namespace {

// How grave an event is, in the three scales that formats want.
struct Gravity {
  int syslog;  // RFC 5424, table 2: 4 warning, 5 notice, 6 informational
  int cef;     // 0-10
  int ocsf;    // 1 informational, 2 low, 3 medium, 4 high
};

struct KindRow {
  std::string_view beginning;  // of the kind; the first row that fits counts
  Gravity gravity;
  int ocsf_class, ocsf_activity;
};

constexpr std::array kinds{
    KindRow{"auth.sign-in", {6, 1, 1}, 3002, 1},
    KindRow{"auth.sign-out", {6, 1, 1}, 3002, 2},
    KindRow{"auth.", {5, 4, 2}, 3002, 99},
    KindRow{"user.", {5, 4, 2}, 3004, 99},
    KindRow{"token.", {5, 4, 2}, 3004, 99},
    KindRow{"asset.", {6, 1, 1}, 5001, 2},
    KindRow{"detection.", {4, 8, 4}, 0, 99},
    KindRow{"score.", {5, 4, 2}, 0, 99},
    KindRow{"threats.", {5, 5, 3}, 0, 99},
    KindRow{"journal.begun-anew", {4, 8, 4}, 0, 99},
    KindRow{"", {6, 1, 1}, 0, 99},
};

const KindRow& row_of(const Event& event) {
  return *std::ranges::find_if(kinds, [&](const KindRow& row) { return event.kind.starts_with(row.beginning); });
}

// Each character of `which` gets a backslash before it; line breaks are written as escapes.
std::string escaped(std::string_view text, std::string_view which) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      out += c == '\n' ? "\\n" : "\\r";
      continue;
    }
    if (which.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// A header field of RFC 5424: printable ASCII without blanks, bounded; "-" when nothing is left.
std::string syslog_word(std::string_view text, size_t limit) {
  std::string out;
  for (const char c : text.substr(0, limit)) {
    if (c > ' ' && c < '\x7f') out += c;
  }
  return out.empty() ? "-" : out;
}

std::string json_with_raw(wire::JsonWriter&& object, std::string_view name, const std::string& raw) {
  std::string line = one_line(std::move(object).take());
  line.pop_back();  // its closing bracket
  return line + ",\"" + std::string(name) + "\": " + raw + "}";
}

}  // namespace

std::optional<ExportFormat> parse_export_format(std::string_view name) {
  constexpr std::array<std::string_view, 4> names{"json", "syslog", "ocsf", "cef"};
  const auto it = std::ranges::find(names, name);
  if (it == names.end()) return std::nullopt;
  return static_cast<ExportFormat>(it - names.begin());
}

std::string export_event(const Event& event, ExportFormat format, const std::string& host) {
  switch (format) {
    case ExportFormat::json:
      return event_json(event);
    case ExportFormat::syslog:
      return event_syslog(event, host);
    case ExportFormat::ocsf:
      return event_ocsf(event, host);
    case ExportFormat::cef:
      return event_cef(event, host);
  }
  return {};
}

std::string event_json(const Event& event) {
  wire::JsonWriter out;
  out.begin_object().member("sequence", event.sequence).member("at", format_rfc3339(event.at));
  out.member("kind", event.kind).member("actor", event.actor).member("subject", event.subject.value);
  out.member("previous_hash", event.previous_hash).member("hash", event.hash).end_object();
  return json_with_raw(std::move(out), "body", event.body);
}

std::string event_syslog(const Event& event, const std::string& host) {
  constexpr int log_audit = 13;
  constexpr std::string_view special = "\"\\]";
  std::string out = "<" + std::to_string(log_audit * 8 + row_of(event).gravity.syslog) + ">1 ";
  out += format_rfc3339(event.at) + " " + syslog_word(host, 255) + " plimsoll - " + syslog_word(event.kind, 32);
  out += " [plimsoll@32473 sequence=\"" + std::to_string(event.sequence) + "\"";
  out += " actor=\"" + escaped(event.actor, special) + "\" subject=\"" + escaped(event.subject.value, special) + "\"";
  out += " hash=\"" + event.hash + "\"] \xEF\xBB\xBF" + event.body;
  return out;
}

std::string event_ocsf(const Event& event, const std::string& host) {
  const KindRow& row = row_of(event);
  wire::JsonWriter out;
  out.begin_object().member("class_uid", row.ocsf_class).member("category_uid", row.ocsf_class / 1000);
  out.member("activity_id", row.ocsf_activity).member("type_uid", row.ocsf_class * 100 + row.ocsf_activity);
  if (row.ocsf_activity == 99) out.member("activity_name", event.kind);
  out.member("severity_id", row.gravity.ocsf);
  out.member("time", event.at.time_since_epoch().count() * 1000).member("message", event.kind);
  out.key("metadata").begin_object().member("version", "1.1.0").member("log_name", "plimsoll journal");
  out.member("uid", event.hash).member("sequence", event.sequence);
  out.key("product").begin_object().member("name", "Plimsoll").member("vendor_name", "Plimsoll");
  out.member("version", PLIMSOLL_VERSION).end_object().end_object();
  out.key("actor").begin_object().key("user").begin_object().member("name", event.actor).end_object().end_object();
  if (row.ocsf_class == 3002) out.key("user").begin_object().member("name", event.actor).end_object();
  if (row.ocsf_class == 3004) {
    out.key("entity").begin_object().member("type", "user").member("name", event.actor).end_object();
  }
  if (row.ocsf_class == 5001) {
    out.key("device").begin_object().member("type_id", 0).member("uid", event.subject.value);
    out.member("hostname", host).end_object();
  } else if (!event.subject.empty()) {
    out.key("unmapped").begin_object().member("subject", event.subject.value).end_object();
  }
  out.member("raw_data", event.body).end_object();
  return one_line(std::move(out).take());
}

std::string event_cef(const Event& event, const std::string& host) {
  constexpr std::string_view in_header = "\\|", in_extension = "\\=";
  std::string out = "CEF:0|Plimsoll|Plimsoll|" + escaped(PLIMSOLL_VERSION, in_header) + "|";
  out += escaped(event.kind, in_header) + "|" + escaped(event.kind, in_header) + "|";
  out += std::to_string(row_of(event).gravity.cef) + "|";
  out += "rt=" + std::to_string(event.at.time_since_epoch().count() * 1000);
  out += " dvchost=" + escaped(host, in_extension) + " externalId=" + std::to_string(event.sequence);
  out += " suser=" + escaped(event.actor, in_extension);
  if (!event.subject.empty()) {
    out += " cs1Label=asset cs1=" + escaped(event.subject.value, in_extension);
  }
  return out + " cs2Label=hash cs2=" + event.hash + " msg=" + escaped(event.body, in_extension);
}

}  // namespace plimsoll::journal
