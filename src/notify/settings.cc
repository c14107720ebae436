#include "notify/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "notify/outbox.h"
#include "notify/settings_reader.h"

namespace plimsoll::notify {
namespace {

constexpr size_t most_of_a_kind = 32, most_bytes = size_t{1} << 20;

// Reads a map of names: each element by `read(name, node)`.
template <class Read>
void read_named(const YamlNode* section, std::string_view what, policy::Faults& faults, const Read& read) {
  if (section == nullptr || section->kind == YamlNode::Kind::null) return;
  if (section->kind != YamlNode::Kind::map)
    return faults.add(*section, fmt::format("{} must be a map: a name, a colon, and its settings below", what));
  for (size_t i = 0; i < section->keys.size(); ++i) {
    const YamlNode& key = section->keys[i];
    if (i == most_of_a_kind) return faults.add(key, fmt::format("more than {} {}", most_of_a_kind, what));
    if (!is_name(key.text)) {
      faults.add(key, fmt::format("\"{}\" is no name; a name is 1 to 40 of a-z, 0-9, - and _, beginning with a letter",
                                  printable(key.text, 60)));
      continue;
    }
    read(key.text, section->items[i]);
  }
}

void check_target(const Settings& settings, const std::string& name, const YamlNode& at, policy::Faults& faults) {
  if (settings.receiver(name) != nullptr) return;
  std::vector<std::string> names;
  for (const Receiver& receiver : settings.receivers) names.push_back(receiver.name);
  const auto hint = policy::nearest(name, names);
  faults.add(at, fmt::format("there is no receiver \"{}\"; {}", printable(name, 60),
                             hint            ? fmt::format("did you mean \"{}\"?", *hint)
                             : names.empty() ? std::string("describe it below receivers:")
                                             : fmt::format("there are {}", join(names, ", "))));
}

std::string one_of(const YamlNode* node, std::string_view key, const std::vector<std::string>& known,
                   policy::Faults& faults) {
  if (node == nullptr) return {};
  if (std::find(known.begin(), known.end(), node->text) != known.end()) return node->text;
  faults.add(*node, fmt::format("{} is one of {}", key, join(known, ", ")));
  return {};
}

Stream read_stream(const std::string& name, const YamlNode& node, const Settings& settings, const Known& known,
                   policy::Faults& faults) {
  policy::MapReader map(node, {"to", "format", "kinds", "from"}, "the stream " + name, faults);
  Stream out{.name = name, .to = {}, .format = {}, .kinds = {}, .from_beginning = false};
  if (const YamlNode* to = map.require("to")) {
    out.to = to->text;
    check_target(settings, out.to, *to, faults);
  }
  out.format = one_of(map.require("format"), "format", known.stream_formats, faults);
  if (const YamlNode* kinds = map.find("kinds")) out.kinds = read_texts(*kinds, "kinds", faults);
  if (const YamlNode* from = map.find("from"))
    out.from_beginning = one_of(from, "from", {"now", "beginning"}, faults) == "beginning";
  return out;
}

void read_scope(const YamlNode& node, ScheduledReport& out, policy::Faults& faults) {
  using Scope = ScheduledReport::Scope;
  if (node.kind == YamlNode::Kind::scalar && node.text == "all") return;
  policy::MapReader map(node, {"asset", "node", "image"}, "of", faults);
  for (const auto& [key, scope] :
       {std::pair("asset", Scope::asset), std::pair("node", Scope::node), std::pair("image", Scope::image)}) {
    const YamlNode* value = map.find(key);
    if (value == nullptr) continue;
    if (out.scope != Scope::all) faults.add(*value, "of takes one of asset, node and image; keep one");
    out.scope = scope;
    out.of = read_line(*value, key, faults);
  }
  if (node.kind == YamlNode::Kind::map && node.keys.empty())
    faults.add(node, "of is all, or one of asset, node, image");
}

ScheduledReport read_report(const std::string& name, const YamlNode& node, const Settings& settings, const Known& known,
                            policy::Faults& faults) {
  policy::MapReader map(node, {"to", "format", "trend_days", "of", "when", "time_zone"}, "the report " + name, faults);
  ScheduledReport out;
  out.name = name;
  if (const YamlNode* to = map.require("to")) {
    out.to = read_texts(*to, "to", faults);
    for (const std::string& each : out.to) check_target(settings, each, *to, faults);
  }
  if (const YamlNode* days = map.find("trend_days")) {
    out.trend = true;
    if (const auto number = policy::number_in(*days, "trend_days", 1, 366, true, faults))
      out.trend_days = static_cast<int>(*number);
  }
  out.format = one_of(map.require("format"), "format", out.trend ? known.trend_formats : known.report_formats, faults);
  if (const YamlNode* of = map.find("of")) read_scope(*of, out, faults);
  TimeZone zone;
  if (const YamlNode* where = map.find("time_zone")) {
    Result<TimeZone> loaded = TimeZone::load(where->text);
    if (loaded.ok())
      zone = std::move(*loaded);
    else
      faults.add(*where, loaded.error().message + "; " + loaded.error().advice);
  }
  if (const YamlNode* when = map.require("when")) {
    Result<Schedule> schedule = Schedule::parse(when->text, std::move(zone));
    if (schedule.ok())
      out.schedule = std::move(*schedule);
    else
      faults.add(*when, schedule.error().message);
  }
  return out;
}

}  // namespace

const Receiver* Settings::receiver(std::string_view name) const {
  const auto found =
      std::find_if(receivers.begin(), receivers.end(), [&](const Receiver& r) { return r.name == name; });
  return found == receivers.end() ? nullptr : &*found;
}

std::vector<std::string> read_texts(const YamlNode& node, std::string_view what, policy::Faults& faults) {
  constexpr size_t most = 100;
  std::vector<std::string> out;
  if (node.kind == YamlNode::Kind::scalar) return {read_line(node, what, faults)};
  for (const YamlNode* item : policy::elements(node, what, faults)) {
    if (out.size() == most) {
      faults.add(*item, fmt::format("more than {} in {}", most, what));
      break;
    }
    out.push_back(read_line(*item, what, faults));
  }
  if (out.empty()) faults.add(node, fmt::format("{} is empty; write at least one", what));
  return out;
}

std::string read_line(const YamlNode& node, std::string_view what, policy::Faults& faults) {
  constexpr size_t longest = 2000;
  const bool fine = node.kind == YamlNode::Kind::scalar && !node.text.empty() && node.text.size() <= longest &&
                    printable(node.text) == node.text;
  if (fine) return node.text;
  faults.add(node, fmt::format("{} must be one line of text", what));
  return {};
}

std::string read_path(const YamlNode& node, std::string_view what, policy::Faults& faults) {
  std::string path = read_line(node, what, faults);
  if (!path.empty() && path.front() != '/') faults.add(node, fmt::format("{} must be a whole path, as /etc/...", what));
  return path;
}

Result<Settings> parse_settings(std::string_view text, const std::string& file_name, const Known& known) {
  PLIMSOLL_TRY(document, parse_yaml(text, file_name));
  policy::Faults faults(file_name);
  Settings out;
  if (document.kind == YamlNode::Kind::null) return out;
  const policy::MapReader map(document, {"receivers", "streams", "reports", "sign_on"}, "the file", faults);
  read_named(map.find("receivers"), "receivers", faults, [&](const std::string& name, const YamlNode& node) {
    out.receivers.push_back(read_receiver(name, node, faults));
  });
  read_named(map.find("streams"), "streams", faults, [&](const std::string& name, const YamlNode& node) {
    out.streams.push_back(read_stream(name, node, out, known, faults));
  });
  read_named(map.find("reports"), "reports", faults, [&](const std::string& name, const YamlNode& node) {
    out.reports.push_back(read_report(name, node, out, known, faults));
  });
  if (const YamlNode* sign_on = map.find("sign_on")) out.sign_on = read_sign_on(*sign_on, faults);
  if (!faults.empty()) return faults.error();
  return out;
}

Result<Settings> load_settings(const std::string& path, const Known& known) {
  Result<std::string> text = read_file(path, most_bytes);
  if (!text.ok() && text.error().kind == ErrorKind::not_found && path == settings_path) return Settings{};
  if (!text.ok()) return std::move(text).error();
  return parse_settings(*text, path, known);
}

}  // namespace plimsoll::notify
