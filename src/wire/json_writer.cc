#include "wire/json_writer.h"

#include <charconv>
#include <cmath>

#include "base/text.h"

namespace plimsoll::wire {
namespace {

constexpr char hex[] = "0123456789ABCDEF";

// The length of the UTF-8 sequence at the front of `text` (not empty), 0 when there is none.
size_t sequence_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  return length <= text.size() && is_utf8(text.substr(0, length)) ? length : 0;
}

bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

void append_ascii(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\r':
      out += "\\r";
      return;
    default:
      out.append("\\u00").append(1, hex[c >> 4]).append(1, hex[c & 15]);
  }
}

}  // namespace

JsonWriter& JsonWriter::key(std::string_view name) {
  before_value();
  quote(name);
  out_ += ": ";
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  before_value();
  quote(text);
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, number);  // the shortest that reads back the same
  std::string out(text, end.ptr);
  // A fraction keeps readers from taking a large one for a whole number that fits no integer.
  if (out.find_first_of(".e") == std::string::npos) out += ".0";
  return raw(out);
}

JsonWriter& JsonWriter::value(bool truth) { return raw(truth ? "true" : "false"); }

JsonWriter& JsonWriter::open(char bracket) {
  before_value();
  out_ += bracket;
  ++depth_;
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  --depth_;
  if (!first_) new_line();
  out_ += bracket;
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view text) {
  before_value();
  out_ += text;
  return *this;
}

void JsonWriter::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (depth_ == 0) return;
  if (!first_) out_ += ',';
  first_ = false;
  new_line();
}

void JsonWriter::new_line() {
  if (layout_ == Layout::one_line) return;
  out_ += '\n';
  out_.append(depth_, ' ');
}

void JsonWriter::quote(std::string_view text) {
  out_ += '"';
  while (!text.empty()) {
    size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    out_ += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto lead = static_cast<unsigned char>(text[0]);
    const size_t length = sequence_length(text);
    if (length == 0) {
      out_.append("\\\\x").append(1, hex[lead >> 4]).append(1, hex[lead & 15]);
    } else if (length == 1) {
      append_ascii(out_, lead);
    } else {
      out_ += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out_ += '"';
}

}  // namespace plimsoll::wire
