#include "probe/host/settings/unit_files.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {
namespace {

constexpr size_t kMaxUnits = 2000;
constexpr std::array kRoots = {"/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
                               "/usr/lib/systemd/system", "/lib/systemd/system"};
constexpr std::array kRuntimeUnits = {"docker.service", "docker.socket", "containerd.service", "crio.service",
                                      "podman.service", "podman.socket", "kubelet.service"};

// "getty@tty1.service" is made from "getty@.service".
std::string template_of(const std::string& unit) {
  const size_t at = unit.find('@'), dot = unit.rfind('.');
  if (at == std::string::npos || dot == std::string::npos || dot < at) return {};
  return unit.substr(0, at + 1) + unit.substr(dot);
}

std::string unit_path(const Context& context, const std::string& unit) {
  for (const std::string& name : {unit, template_of(unit)}) {
    if (name.empty()) continue;
    for (const char* root : kRoots) {
      const std::string path = std::string(root) + "/" + name;
      if (context.machine.stat(path, true).ok()) return path;
    }
  }
  return {};
}

std::vector<std::string> paths_of(const Context& context, const std::string& unit) {
  std::vector<std::string> out;
  const std::string main = unit_path(context, unit);
  if (main.empty()) return out;
  out.push_back(main);
  for (const char* root : kRoots) {
    const auto more = files_in(context.machine, std::string(root) + "/" + unit + ".d", ".conf");
    if (more.ok()) out.insert(out.end(), more->begin(), more->end());
  }
  return out;
}

std::set<std::string> wanted_units(const Context& context) {
  std::set<std::string> out;
  for (const std::string& unit : context.enabled_units) {
    if (out.size() < kMaxUnits && !context.masked_units.contains(unit)) out.insert(unit);
  }
  out.insert(kRuntimeUnits.begin(), kRuntimeUnits.end());
  return out;
}

bool runs_as_root(std::string_view text) {
  for (const std::string_view line : config_lines(text)) {
    if (line.starts_with("User=") && line != "User=root" && line != "User=0" && line != "User=") return false;
    if (line == "DynamicUser=yes" || line == "DynamicUser=true") return false;
  }
  return true;
}

}  // namespace

std::vector<std::string> parse_unit_programs(std::string_view text) {
  std::vector<std::string> out;
  std::map<std::string, std::vector<std::string>> by_key;
  for (const std::string_view line : config_lines(text)) {
    const size_t equals = line.find('=');
    if (!line.starts_with("Exec") || equals == std::string_view::npos) continue;
    const std::string key(trim(line.substr(0, equals)));
    std::string_view value = trim(line.substr(equals + 1));
    if (value.empty()) {
      by_key[key].clear();
      continue;
    }
    while (!value.empty() && std::string_view("@-:+!|").find(value.front()) != std::string_view::npos)
      value.remove_prefix(1);
    if (!value.empty() && value.front() == '"') value.remove_prefix(1);
    const std::string_view program = value.substr(0, value.find_first_of(" \t\""));
    if (program.starts_with("/")) by_key[key].emplace_back(program);
  }
  for (auto& [key, programs] : by_key) out.insert(out.end(), programs.begin(), programs.end());
  return out;
}

FactTree enabled_unit_files(const Context& context) {
  if (!context.units_unknown.empty()) return FactTree::unknown_because(context.units_unknown);
  std::set<std::string> paths;
  for (const std::string& unit : wanted_units(context)) {
    for (const std::string& path : paths_of(context, unit)) paths.insert(path);
  }
  return describe_files(context, {paths.begin(), paths.end()});
}

FactTree enabled_unit_programs(const Context& context) {
  if (!context.units_unknown.empty()) return FactTree::unknown_because(context.units_unknown);
  std::set<std::string> programs;
  for (const std::string& unit : wanted_units(context)) {
    std::string text;
    for (const std::string& path : paths_of(context, unit)) {
      const auto part = read_following(context.machine, path, 65'536);
      if (part.ok()) text += *part + "\n";
    }
    if (!runs_as_root(text)) continue;
    for (std::string& program : parse_unit_programs(text)) programs.insert(std::move(program));
  }
  return describe_files(context, {programs.begin(), programs.end()});
}

}  // namespace plimsoll::probe::settings
