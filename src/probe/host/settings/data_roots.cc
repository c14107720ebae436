#include "probe/host/settings/data_roots.h"

#include <array>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "probe/host/settings/reading.h"
#include "runtime/json_tree.h"

namespace plimsoll::probe::settings {
namespace {

constexpr size_t largest_file = size_t{1} << 20;

class Roots {
 public:
  void add(std::string_view path) {
    while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
    if (path.size() > 1 && path.front() == '/') found_.insert(std::string(path));
  }
  std::set<std::string> take() && { return std::move(found_); }

 private:
  std::set<std::string> found_;
};

// The values of a flag, as "--flag VALUE" and "--flag=VALUE".
void add_flags(const std::vector<std::string>& arguments, std::string_view flag, Roots& roots) {
  for (size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (argument == flag && i + 1 < arguments.size()) roots.add(arguments[i + 1]);
    if (argument.starts_with(flag) && argument.substr(flag.size()).starts_with('='))
      roots.add(argument.substr(flag.size() + 1));
  }
}

// `key = "/path"` of a TOML file.
void add_toml(const Context& context, const std::string& file, std::string_view key, Roots& roots) {
  const auto text = read_following(context.machine, file, largest_file);
  for (const std::string_view line : config_lines(text_or_none(text))) {
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos || trim(line.substr(0, equals)) != key) continue;
    std::string_view value = trim(line.substr(equals + 1));
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'')) {
      const size_t end = value.find(value.front(), 1);
      if (end != std::string_view::npos) roots.add(value.substr(1, end - 1));
    }
  }
}

}  // namespace

std::set<std::string> chosen_data_roots(const Context& context) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> flags = {
      {{"dockerd", "--data-root"}, {"dockerd", "-g"}, {"dockerd", "--graph"}, {"containerd", "--root"}}};
  Roots roots;
  for (const Process& process : context.processes) {
    if (process.in_container || process.arguments.empty()) continue;
    for (const auto& [program, flag] : flags) {
      if (base_name(process.arguments[0]) == program) add_flags(process.arguments, flag, roots);
    }
  }
  const auto docker = read_following(context.machine, "/etc/docker/daemon.json", largest_file);
  if (docker.ok()) {
    const auto parsed = runtime::tree_from_text(*docker, "/etc/docker/daemon.json");
    if (parsed.ok()) roots.add(parsed->at("data-root").text);
  }
  add_toml(context, "/etc/containerd/config.toml", "root", roots);
  add_toml(context, "/etc/containers/storage.conf", "graphroot", roots);
  return std::move(roots).take();
}

}  // namespace plimsoll::probe::settings
