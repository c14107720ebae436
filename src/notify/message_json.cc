// A message as JSON and back. What comes back was written by another process of ours, or lay on disk: it is not trusted
// to have the form that was written.
#include <simdjson.h>

#include <array>

#include "base/text.h"
#include "notify/message.h"
#include "wire/json_writer.h"

namespace plimsoll::notify {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::string_view schema = "plimsoll.message/1";
constexpr size_t most_facts = 200, most_lines = 10'000;

Error broken(const std::string& what) { return {ErrorKind::malformed, "not a message: " + what}; }

std::string text_of(const object& from, std::string_view name) {
  std::string_view text;
  return from[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

template <class E, size_t count>
std::optional<E> named(std::string_view name) {
  for (size_t i = 0; i < count; ++i) {
    if (name_of(static_cast<E>(i)) == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

Status take_lists(const object& from, Message& out) {
  object facts;
  if (from["facts"].get(facts) == simdjson::SUCCESS) {
    for (const auto field : facts) {
      std::string_view value;
      if (field.value.get(value) != simdjson::SUCCESS) return broken("a fact is no text");
      if (out.facts.size() == most_facts) return broken("too many facts");
      out.facts.emplace_back(std::string(field.key), std::string(value));
    }
  }
  simdjson::dom::array lines;
  if (from["lines"].get(lines) == simdjson::SUCCESS) {
    for (const element line : lines) {
      std::string_view text;
      if (line.get(text) != simdjson::SUCCESS) return broken("a line is no text");
      if (out.lines.size() == most_lines) return broken("too many lines");
      out.lines.emplace_back(text);
    }
  }
  return Done{};
}

bool is_id(std::string_view id) {
  return id.size() == 32 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string message_to_json(const Message& message) {
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().member("schema", schema).member("id", message.id).member("at", format_rfc3339(message.at));
  out.member("purpose", name_of(message.purpose)).member("urgency", name_of(message.urgency));
  out.member("title", message.title).member("text", message.text).member("rule", message.rule);
  out.member("group", message.group).key("asset").begin_object().member("id", message.asset.value);
  out.member("name", message.asset_name).member("node", message.node).end_object();
  out.key("facts").begin_object();
  for (const auto& [name, value] : message.facts) out.member(name, value);
  out.end_object();
  if (!message.lines.empty()) {
    out.key("lines").begin_array();
    for (const std::string& line : message.lines) out.value(line);
    out.end_array();
  }
  if (message.attachment) {
    out.key("attachment").begin_object().member("name", message.attachment->name);
    out.member("type", message.attachment->type).member("bytes", message.attachment->bytes).end_object();
  }
  out.end_object();
  return std::move(out).take();
}

Result<Message> message_from_json(std::string_view json) {
  if (json.size() > most_message_bytes) return Error{ErrorKind::limit, "a message that is too long"};
  simdjson::dom::parser parser;
  object from;
  const simdjson::padded_string padded(json);
  if (parser.parse(padded).get(from) != simdjson::SUCCESS) return broken("not a JSON object");
  if (text_of(from, "schema") != schema) return broken("another schema");
  Message out;
  out.id = text_of(from, "id");
  const auto at = parse_rfc3339(text_of(from, "at"));
  const auto purpose = named<Purpose, 5>(text_of(from, "purpose"));
  const auto urgency = named<Urgency, 5>(text_of(from, "urgency"));
  if (!is_id(out.id) || !at || !purpose || !urgency) return broken("id, time, purpose or urgency");
  out.at = *at;
  out.purpose = *purpose;
  out.urgency = *urgency;
  out.title = text_of(from, "title");
  out.text = text_of(from, "text");
  out.rule = text_of(from, "rule");
  out.group = text_of(from, "group");
  if (object asset; from["asset"].get(asset) == simdjson::SUCCESS) {
    out.asset.value = text_of(asset, "id");
    out.asset_name = text_of(asset, "name");
    out.node = text_of(asset, "node");
  }
  PLIMSOLL_CHECK(take_lists(from, out));
  if (object attached; from["attachment"].get(attached) == simdjson::SUCCESS)
    out.attachment = {text_of(attached, "name"), text_of(attached, "type"), text_of(attached, "bytes")};
  return out;
}

}  // namespace plimsoll::notify
