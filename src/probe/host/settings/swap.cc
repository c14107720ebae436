#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {
namespace {

bool encrypted(const system::Machine& machine, const std::string& device) {
  const std::string name(base_name(resolve(machine, device)));
  const auto uuid = machine.read_file("/sys/block/" + name + "/dm/uuid", 4096);
  return uuid.ok() && uuid->starts_with("CRYPT-");
}

// "Filename Type Size Used Priority"; blanks in names are written \040.
FactTree read_areas(const Context& context) {
  const std::string path = "/proc/swaps";
  const auto text = context.machine.read_file(path, 65'536);
  if (!text.ok()) return from_error(text.error(), path);
  std::vector<FactTree> out;
  for (const std::string_view line : split(*text, '\n')) {
    const auto words = split_words(line);
    if (words.size() < 4 || words[0] == "Filename") continue;
    const std::string name = system::unescape_octal(words[0]);
    Members one = {{"path", FactTree::of(name)},
                   {"type", FactTree::of(std::string(words[1]))},
                   {"compressed_memory", FactTree::of(base_name(name).starts_with("zram"))},
                   {"encrypted", FactTree::of(words[1] == "partition" && encrypted(context.machine, name))}};
    if (words[1] == "file") one["file"] = describe_file(context, name);
    out.push_back(FactTree::map_of(std::move(one), path));
  }
  return FactTree::list_of(std::move(out), path);
}

// limits.conf(5): "*  hard  core  0" for everybody.
FactTree hard_core_limit(const Context& context) {
  std::vector<std::string> files = {"/etc/security/limits.conf"};
  const auto more = files_in(context.machine, "/etc/security/limits.d", ".conf");
  if (!more.ok()) return from_error(more.error(), "/etc/security/limits.d");
  files.insert(files.end(), more->begin(), more->end());
  FactTree out;
  for (const std::string& file : files) {
    const auto text = read_following(context.machine, file, size_t{1} << 20);
    if (!text.ok() && text.error().kind == ErrorKind::not_found) continue;
    if (!text.ok()) return from_error(text.error(), file);
    for (const std::string_view line : config_lines(*text)) {
      const auto words = split_words(line);
      if (words.size() >= 4 && words[0] == "*" && (words[1] == "hard" || words[1] == "-") && words[2] == "core")
        out = value_of(words[3], file);
    }
  }
  return out;
}

FactTree read_coredump(const Context& context) {
  const std::string program = "/usr/lib/systemd/systemd-coredump";
  if (!context.machine.stat(program, true).ok()) return {};
  const Layered config = read_systemd_config(context.machine, "coredump");
  if (!config.unknown.empty()) return FactTree::unknown_because(config.unknown);
  const auto value = [&](const char* key, const char* fallback) {
    const auto found = config.values.find(std::string("Coredump.") + key);
    return found == config.values.end() ? std::string(fallback) : lower(found->second);
  };
  return FactTree::map_of({{"storage", FactTree::of(value("Storage", "external"))},
                           {"process_size_max", value_of(value("ProcessSizeMax", "default"))}},
                          "/etc/systemd/coredump.conf");
}

}  // namespace

FactTree read_swap(const Context& context) { return FactTree::map_of({{"areas", read_areas(context)}}); }

FactTree read_cores(const Context& context) {
  Members out = {{"hard_limit", hard_core_limit(context)}, {"systemd", read_coredump(context)}};
  std::vector<std::string> grown;
  for (const char* path : {"/var/log/account/pacct", "/var/account/pacct"}) {
    const auto stat = context.machine.stat(path, true);
    if (stat.ok() && stat->size > 0) grown.emplace_back(path);
  }
  out["process_accounting"] = FactTree::texts_of(grown);
  return FactTree::map_of(std::move(out));
}

}  // namespace plimsoll::probe::settings
