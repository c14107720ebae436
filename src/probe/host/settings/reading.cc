#include "probe/host/settings/reading.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "system/file_facts.h"

namespace plimsoll::probe::settings {
namespace {

constexpr size_t kMaxNames = 10'000;

}  // namespace

FactTree from_error(const Error& error, const std::string& source) {
  if (error.kind == ErrorKind::not_found) {
    FactTree absent;
    absent.source = source;
    return absent;
  }
  return FactTree::unknown_because(error.message, source);
}

FactTree number(uint64_t value, std::string source) {
  return FactTree::of(static_cast<int64_t>(std::min<uint64_t>(value, INT64_MAX)), std::move(source));
}

FactTree value_of(std::string_view text, std::string source) {
  int64_t integer = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), integer);
  if (!text.empty() && error == std::errc() && end == text.data() + text.size()) {
    return FactTree::of(integer, std::move(source));
  }
  return FactTree::of(std::string(text), std::move(source));
}

FactTree read_value(const system::Machine& machine, const std::string& path) {
  const auto text = machine.read_file(path, 65'536);
  return text.ok() ? value_of(trim(*text), path) : from_error(text.error(), path);
}

Result<std::string> read_following(const system::Machine& machine, const std::string& path, size_t limit) {
  auto text = machine.read_file(path, limit);
  if (text.ok() || text.error().kind != ErrorKind::unsupported) return text;
  const std::string target = resolve(machine, path);
  return target == path ? text : machine.read_file(target, limit);
}

FactTree describe_file(const Context& context, const std::string& path) {
  return system::describe_file(context.machine, context.users, context.groups, path);
}

FactTree describe_files(const Context& context, const std::vector<std::string>& paths) {
  std::vector<FactTree> items;
  for (const std::string& path : paths) {
    FactTree file = describe_file(context, path);
    if (file.kind != FactTree::Kind::absent) items.push_back(std::move(file));
  }
  return FactTree::list_of(std::move(items));
}

bool is_container_layer(std::string_view path) {
  const auto has = [&](std::string_view part) { return path.find(part) != std::string_view::npos; };
  return (has("/overlay2/") && has("/diff")) || (has("/overlay2/") && has("/merged")) || has("/snapshots/") ||
         has("containers/storage/") || has("/vfs/dir/") || has("/rootfs/overlayfs/");
}

FactTree describe_program(const Context& context, const std::string& path) {
  FactTree out = describe_file(context, path);
  const bool layer = is_container_layer(path) || is_container_layer(resolve(context.machine, path));
  if (out.kind == FactTree::Kind::absent) {
    out = FactTree::map_of({{"path", FactTree::of(path)}, {"type", FactTree::of("missing")}}, path);
  }
  if (out.kind == FactTree::Kind::map) out.members["in_container_layer"] = FactTree::of(layer);
  return out;
}

Result<std::vector<std::string>> files_in(const system::Machine& machine, const std::string& directory,
                                          std::string_view suffix) {
  const auto names = machine.list_directory(resolve(machine, directory), kMaxNames);
  std::vector<std::string> out;
  if (!names.ok() && names.error().kind == ErrorKind::not_found) return out;
  if (!names.ok()) return names.error();
  for (const std::string& name : *names) {
    if (name.ends_with(suffix) && !name.starts_with(".")) out.push_back(directory + "/" + name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

Result<std::vector<std::string>> drop_ins(const system::Machine& machine, const std::vector<std::string>& directories,
                                          std::string_view suffix) {
  std::map<std::string, std::string> by_name;
  for (const std::string& directory : directories) {
    PLIMSOLL_TRY(files, files_in(machine, directory, suffix));
    for (const std::string& file : files) by_name[std::string(base_name(file))] = file;
  }
  std::vector<std::string> out;
  for (const auto& [name, file] : by_name) {
    const auto link = machine.read_link(file);
    if (!link.ok() || *link != "/dev/null") out.push_back(file);
  }
  return out;
}

Layered read_systemd_config(const system::Machine& machine, const std::string& name) {
  Layered out;
  std::vector<std::string> files;
  const std::vector<std::string> roots = {"/usr/lib/systemd", "/usr/local/lib/systemd", "/run/systemd", "/etc/systemd"};
  for (auto root = roots.rbegin(); root != roots.rend(); ++root) {  // one main file: the highest
    const std::string path = *root + "/" + name + ".conf";
    if (!machine.stat(path, true).ok()) continue;
    files.push_back(path);
    break;
  }
  std::vector<std::string> directories;
  for (const std::string& root : roots) directories.push_back(root + "/" + name + ".conf.d");
  const auto more = drop_ins(machine, directories, ".conf");
  if (!more.ok()) out.unknown = more.error().to_string();
  if (more.ok()) files.insert(files.end(), more->begin(), more->end());
  for (const std::string& file : files) {
    const auto text = read_following(machine, file);
    if (!text.ok()) {
      out.unknown = text.error().to_string();
      continue;
    }
    out.found = true;
    parse_ini(*text, out.values);
  }
  return out;
}

FactTree unit_state(const Context& context, const std::string& unit) {
  if (context.masked_units.contains(unit)) return FactTree::of("masked");
  if (context.enabled_units.contains(unit)) return FactTree::of("enabled");
  if (context.units.contains(unit)) return FactTree::of("static");
  return context.units_unknown.empty() ? FactTree{} : FactTree::unknown_because(context.units_unknown);
}

FactTree runs(const Context& context, const std::vector<std::string>& names) {
  for (const Process& process : context.processes) {
    if (process.in_container) continue;
    for (const std::string& name : names) {
      if (process.name == name.substr(0, 15) || base_name(process.exe) == name) {
        return FactTree::of(true, "/proc/" + std::to_string(process.pid));
      }
    }
  }
  if (!context.processes_unknown.empty()) return FactTree::unknown_because(context.processes_unknown, "/proc");
  return FactTree::of(false, "/proc");
}

}  // namespace plimsoll::probe::settings
