#include <array>

#include "base/text.h"
#include "notify/render.h"

namespace plimsoll::notify {
namespace {

constexpr int log_audit = 13;

// RFC 5424, table 2: 2 critical, 3 error, 4 warning, 5 notice, 6 informational.
int severity_of(const Message& message) {
  constexpr std::array<int, 5> severities{6, 5, 4, 3, 2};
  return message.purpose == Purpose::alert ? severities[static_cast<size_t>(message.urgency)] : 6;
}

std::string word(std::string_view text, size_t limit) {
  std::string out;
  for (const char c : text.substr(0, limit)) {
    if (c > ' ' && c < '\x7f') out += c;
  }
  return out.empty() ? "-" : out;
}

// The value of a parameter of structured data (section 6.3.3).
std::string parameter(std::string_view name, std::string_view value) {
  std::string out = " " + std::string(name) + "=\"";
  for (const char c : printable(value, 500)) {
    if (c == '"' || c == '\\' || c == ']') out += '\\';
    out += c;
  }
  return out + "\"";
}

// Up to the message; the enterprise number is the one that RFC 5612 sets aside for examples.
std::string header(const Message& message, const std::string& host) {
  std::string out = "<" + std::to_string(log_audit * 8 + severity_of(message)) + ">1 " + format_rfc3339(message.at) +
                    " " + word(host, 255) + " plimsoll - " + std::string(name_of(message.purpose)) + " [plimsoll@32473";
  out += parameter("id", message.id) + parameter("rule", message.rule);
  if (message.purpose == Purpose::events) return out + "] ";
  out += parameter("urgency", name_of(message.urgency)) + parameter("asset", message.asset.value);
  out += parameter("name", message.asset_name) + parameter("node", message.node);
  for (const auto& [name, value] : message.facts) {
    if (const std::string plain = word(name, 28); plain.find_first_of("=]\"") == std::string::npos)
      out += parameter("fact_" + plain, value);
  }
  return out + "] ";
}

}  // namespace

std::vector<std::string> render_syslog(const Message& message, const std::string& host) {
  if (message.purpose != Purpose::events) {
    std::string text = printable(message.title, 500);
    if (!message.text.empty()) text += ": " + printable(message.text, 4000);
    return {header(message, host) + "\xEF\xBB\xBF" + text};
  }
  std::vector<std::string> out;
  const std::string before = header(message, host);
  for (const std::string& line : message.lines) out.push_back(line.rfind("<", 0) == 0 ? line : before + line);
  return out;
}

}  // namespace plimsoll::notify
