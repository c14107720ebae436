#include "policy/exception_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "policy/response_values.h"
#include "policy/selection.h"

namespace plimsoll::policy {
namespace {

constexpr size_t most_exceptions = 10'000, most_id = 64, most_name = 200, most_reason = 1000;

std::string_view name_in(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// A day ends with its last second.
std::optional<Instant> end_in(const YamlNode& node, Faults& faults) {
  constexpr size_t bare_day = 10;
  const auto at = node.kind == YamlNode::Kind::scalar ? parse_rfc3339(node.text) : std::nullopt;
  if (at) return node.text.size() == bare_day ? *at + std::chrono::hours(24) - std::chrono::seconds(1) : *at;
  faults.add(node, "expires is a day or a moment (UTC), as in 2027-03-31 or 2027-03-31T12:00:00Z");
  return std::nullopt;
}

// The threats it names; `*` alone would hide all of them, whatever comes.
std::vector<std::string> threats_in(const YamlNode& node, Faults& faults) {
  std::vector<std::string> out = texts_in(node, "threat", faults);
  for (const std::string& id : out) {
    if (std::all_of(id.begin(), id.end(), [](char c) { return c == '*'; }))
      faults.add(node,
                 "threat is a name, or has one in it: * alone would except every threat; write CVE-2021-44228 "
                 "or \"host.ssh.*\"");
  }
  return out;
}

std::string required_text(MapReader& map, std::string_view key, size_t most, Faults& faults) {
  const YamlNode* node = map.require(key);
  return node == nullptr ? "" : text_in(*node, key, most, faults).value_or("");
}

void read_exception(const YamlNode& node, const std::string& file, const AssetSelection* scope,
                    std::vector<Exception>& out, Faults& faults) {
  MapReader map(node, {"id", "threat", "package", "scope", "owner", "reason", "expires"}, "an exception", faults);
  Exception exception;
  exception.scope = Exception::Scope::selection;
  exception.created_by = fmt::format("{}:{}", file, node.line);
  exception.id = fmt::format("{}{}:{}", exception_id_prefix, printable(name_in(file), 100), node.line);
  if (const YamlNode* id = map.find("id"))
    exception.id = std::string(exception_id_prefix) + text_in(*id, "id", most_id, faults).value_or("");
  if (const YamlNode* package = map.find("package"))
    exception.package = text_in(*package, "package", most_name, faults).value_or("");
  exception.owner = required_text(map, "owner", most_name, faults);
  exception.reason = required_text(map, "reason", most_reason, faults);
  if (const YamlNode* expires = map.require("expires"))
    exception.expires_at = end_in(*expires, faults).value_or(Instant{});
  const YamlNode* on = map.find("scope");
  if (scope != nullptr) {
    exception.on = *scope;
    if (on != nullptr) faults.add(*on, "the exception has the scope of the entry it stands in; leave this one out");
  } else if (on != nullptr) {
    exception.on = read_selection(*on, "scope", faults);
    if (exception.on == AssetSelection()) faults.add(*on, "scope is empty; leave it out for all assets");
  }
  const YamlNode* threat = map.require("threat");
  if (threat == nullptr) return;
  for (std::string& id : threats_in(*threat, faults)) {
    if (out.size() >= most_exceptions) return faults.add(node, fmt::format("more than {} exceptions", most_exceptions));
    out.push_back(exception);
    out.back().threat = {std::move(id)};
  }
}

}  // namespace

void read_exceptions(const YamlNode& list, const std::string& file, const AssetSelection* scope,
                     std::vector<Exception>& out, Faults& faults) {
  for (const YamlNode* item : elements(list, exceptions_key, faults)) read_exception(*item, file, scope, out, faults);
}

}  // namespace plimsoll::policy
