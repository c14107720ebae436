#include "server/request_text.h"

#include <simdjson.h>

#include <algorithm>

#include "base/text.h"

namespace plimsoll::server {
namespace {

constexpr size_t most_segments = 16, most_parameters = 32, most_members = 32, most_items = 256;

bool is_plain(std::string_view text) {
  return is_utf8(text) && std::none_of(text.begin(), text.end(),
                                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Error broken(std::string why) { return Error{ErrorKind::malformed, std::move(why)}; }

// One member of a body, into where its kind goes.
Status take_member(Body& out, const std::string& name, simdjson::dom::element value) {
  std::string_view text;
  int64_t number = 0;
  bool truth = false;
  simdjson::dom::array array;
  if (value.get(text) == simdjson::SUCCESS) {
    out.texts[name] = text;
  } else if (value.get(number) == simdjson::SUCCESS) {
    out.numbers[name] = number;
  } else if (value.get(truth) == simdjson::SUCCESS) {
    out.numbers[name] = truth ? 1 : 0;
  } else if (value.get(array) == simdjson::SUCCESS) {
    auto& list = out.lists[name];
    for (const simdjson::dom::element item : array) {
      if (item.get(text) != simdjson::SUCCESS) return broken("'" + name + "' holds something that is not a text");
      if (list.size() == most_items) return broken("'" + name + "' holds too many");
      list.emplace_back(text);
    }
  } else {
    return broken("'" + name + "' is neither a text, a whole number, true, false nor a list of texts");
  }
  return Done{};
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const auto byte = parse_uint(text.substr(i + 1, 2), 16);
    if (!byte) return std::nullopt;
    out += static_cast<char>(*byte);
    i += 2;
  }
  if (!is_plain(out)) return std::nullopt;
  return out;
}

std::optional<std::vector<std::string>> path_segments(std::string_view path) {
  if (path.empty() || path.front() != '/') return std::nullopt;
  std::vector<std::string> out;
  const auto parts = split(path.substr(1), '/');
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].empty() && i + 1 == parts.size()) break;
    auto segment = percent_decoded(parts[i]);
    if (!segment || segment->empty() || *segment == "." || *segment == ".." || out.size() == most_segments)
      return std::nullopt;
    out.push_back(std::move(*segment));
  }
  return out;
}

Result<Query> parse_query(std::string_view text) {
  Query out;
  if (text.empty()) return out;
  for (const std::string_view pair : split(text, '&')) {
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    std::string name_text(pair.substr(0, equals));
    std::string value_text(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
    for (std::string* side : {&name_text, &value_text}) std::replace(side->begin(), side->end(), '+', ' ');
    const auto name = percent_decoded(name_text), value = percent_decoded(value_text);
    if (!name || !value || name->empty()) return broken("the query string is broken");
    if (out.size() == most_parameters) return broken("the query string holds too many parameters");
    if (!out.emplace(*name, *value).second)
      return broken("the query string names '" + printable(*name, 40) + "' twice");
  }
  return out;
}

std::optional<std::string> cookie_of(std::string_view header, std::string_view name) {
  std::optional<std::string> out;
  for (const std::string_view part : split(header, ';')) {
    const std::string_view pair = trim(part);
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    if (out) return std::nullopt;  // one of them was planted
    out = std::string(pair.substr(equals + 1));
  }
  return out;
}

Result<Body> parse_body(std::string_view json, const std::vector<std::string_view>& allowed) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (!is_utf8(json)) return broken("the body is not UTF-8");
  const simdjson::padded_string padded(json);
  if (parser.parse(padded).get(object) != simdjson::SUCCESS) return broken("the body is not a JSON object");
  if (object.size() > most_members) return broken("the body has too many members");
  Body out;
  std::vector<std::string> seen;
  for (const auto field : object) {
    const std::string name(field.key);
    if (std::find(allowed.begin(), allowed.end(), name) == allowed.end())
      return broken("the body has a member '" + printable(name, 40) + "' that is not known");
    if (std::find(seen.begin(), seen.end(), name) != seen.end())
      return broken("the body has the member '" + name + "' twice");
    seen.push_back(name);
    PLIMSOLL_CHECK(take_member(out, name, field.value));
  }
  return out;
}

bool host_is_one_of(std::string_view host, const std::vector<std::string>& names) {
  std::string_view name = host;
  if (!host.empty() && host.front() == '[') {
    const size_t end = host.find(']');
    if (end == std::string_view::npos) return false;
    name = host.substr(1, end - 1);
    host = host.substr(end + 1);
  } else {
    name = host.substr(0, host.find(':'));
    host = host.substr(name.size());
  }
  if (!host.empty()) {
    const auto port = host.front() == ':' ? parse_uint(host.substr(1)) : std::nullopt;
    if (!port || *port > 65535) return false;
  }
  const std::string wanted = lower(name);
  return std::any_of(names.begin(), names.end(), [&](const std::string& known) { return lower(known) == wanted; });
}

bool matches_tag(std::string_view header, std::string_view tag) {
  for (const std::string_view part : split(header, ',')) {
    std::string_view one = trim(part);
    if (one == "*") return true;
    if (one.substr(0, 2) == "W/") one.remove_prefix(2);
    if (!one.empty() && one == tag) return true;
  }
  return false;
}

}  // namespace plimsoll::server
