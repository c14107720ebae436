#include "probe/host/settings/data_roots.h"

#include <array>
#include <string_view>
#include <vector>

#include "probe/host/settings/reading.h"
#include "runtime/json_tree.h"
#include "runtime/toml_tree.h"

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

// One file as its own parser takes it.
template <class Parse>
FactTree parsed_file(const system::Machine& machine, const std::string& path, Parse parse) {
  const auto text = read_following(machine, path, largest_file);
  if (!text.ok() && text.error().kind == ErrorKind::not_found) return FactTree::map_of({}, path);
  if (!text.ok()) return from_error(text.error(), path);
  const auto parsed = parse(*text, path);
  return parsed.ok() ? *parsed : FactTree::unknown_because(parsed.error().message, path);
}

}  // namespace

EngineFiles read_engine_files(const system::Machine& machine) {
  return {parsed_file(machine, "/etc/docker/daemon.json", runtime::tree_from_text),
          parsed_file(machine, "/etc/containerd/config.toml", runtime::tree_from_toml),
          parsed_file(machine, "/etc/containers/storage.conf", runtime::tree_from_toml)};
}

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
  const EngineFiles& files = context.engine_files;
  roots.add(files.docker.at("data-root").text);
  roots.add(files.containerd.at("root").text);
  roots.add(files.storage.at("storage").at("graphroot").text);
  return std::move(roots).take();
}

}  // namespace plimsoll::probe::settings
