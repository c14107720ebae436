#include <array>

#include "base/text.h"
#include "notify/encode.h"
#include "notify/render.h"

namespace plimsoll::notify {
namespace {

using namespace std::chrono;

constexpr std::string_view crlf = "\r\n";

// A header's text (RFC 2047): ASCII as it is, else encoded words of at most 45 bytes of text, cut between characters.
std::string header_text(const std::string& raw) {
  constexpr size_t longest = 200, longest_word = 42;
  const std::string text = printable(raw, longest);
  const bool ascii =
      text.find_first_not_of(
          " !\"#$%&'()*+,-./0123456789:;<>@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~") ==
      std::string::npos;
  constexpr size_t line = 60;
  if (ascii && text.size() <= line && text.find("=?") == std::string::npos) return text;
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(at + longest_word, text.size());
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + base64(std::string_view(text).substr(at, end - at)) + "?=";
    at = end;
  }
  return out;
}

// "Sat, 28 Nov 2026 21:00:00 +0000"
std::string mail_date(Instant at) {
  constexpr std::array<const char*, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const std::string text = format_rfc3339(at);
  return std::string(weekdays[weekday(day).c_encoding()]) + ", " + std::to_string(static_cast<unsigned>(date.day())) +
         " " + months[static_cast<unsigned>(date.month()) - 1] + " " + std::to_string(static_cast<int>(date.year())) +
         " " + text.substr(11, 8) + " +0000";
}

// Base64 in lines of 76 characters (RFC 2045 section 6.8), so that no line is too long and none begins with a dot.
std::string base64_lines(std::string_view bytes) {
  constexpr size_t piece = 57;
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    out += base64(bytes.substr(at, piece));
    out += crlf;
  }
  return out;
}

// A file's name: what a header parameter may hold without being quoted in two ways.
std::string file_name(const std::string& name) {
  std::string out;
  for (const char c : name.substr(0, 100)) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    out += plain ? c : '_';
  }
  return out;
}

void add_part(std::string& out, const std::string& type, const std::string& more, std::string_view bytes) {
  out += "Content-Type: " + type + "; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n" + more + "\r\n";
  out += base64_lines(bytes);
}

}  // namespace

std::string render_mail(const Message& message, const std::string& from, const std::vector<std::string>& to) {
  const std::string domain = from.substr(from.rfind('@') + 1);
  const std::string level(message.purpose == Purpose::alert ? name_of(message.urgency) : name_of(message.purpose));
  std::string out = "From: Plimsoll <" + from + ">\r\nTo: ";
  for (size_t i = 0; i < to.size(); ++i) out += (i == 0 ? "<" : ",\r\n <") + to[i] + ">";
  out += "\r\nDate: " + mail_date(message.at) + "\r\nMessage-ID: <" + message.id + "@" + domain + ">\r\n";
  out += "Subject: " + header_text("[Plimsoll " + level + "] " + message.title) + "\r\n";
  // RFC 3834: nobody's holiday notice need answer.
  out += "Auto-Submitted: auto-generated\r\nX-Plimsoll-Message: " + message.id + "\r\nMIME-Version: 1.0\r\n";
  std::string text = render_text(message);
  for (const std::string& line : message.lines) text += line + "\n";
  if (!message.attachment) {
    add_part(out, "text/plain", "", text);
    return out;
  }
  const std::string boundary = "plimsoll-" + message.id;  // base64 never holds a '-'
  out += "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n--" + boundary + "\r\n";
  add_part(out, "text/plain", "", text);
  out += "--" + boundary + "\r\n";
  add_part(out, message.attachment->type,
           "Content-Disposition: attachment; filename=\"" + file_name(message.attachment->name) + "\"\r\n",
           message.attachment->bytes);
  out += "--" + boundary + "--\r\n";
  return out;
}

}  // namespace plimsoll::notify
