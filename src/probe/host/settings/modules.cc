#include "probe/host/settings/modules.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {
namespace {

constexpr std::array kRare = {"cramfs", "freevxfs", "hfs", "hfsplus", "jffs2", "udf", "usb_storage",
                              "dccp",   "tipc",     "rds", "sctp",    "atm",   "can", "firewire_core"};

std::string plain(std::string_view name) {
  std::string out(name);
  std::replace(out.begin(), out.end(), '-', '_');
  return out;
}

std::string module_of(std::string_view path) {
  std::string_view name = base_name(path);
  return plain(name.substr(0, name.find(".ko")));
}

// First fields of /proc/modules, or the module names of modules.builtin and modules.dep.
std::set<std::string> names_of(std::string_view text, char end, bool paths) {
  std::set<std::string> out;
  for (const std::string_view line : split(text, '\n')) {
    const std::string_view name = line.substr(0, line.find(end));
    if (!name.empty()) out.insert(paths ? module_of(name) : plain(name));
  }
  return out;
}

struct Listed {
  std::set<std::string> names;
  std::string unknown;
};

Listed read_list(const system::Machine& machine, const std::string& path, char end, bool paths) {
  const auto text = machine.read_file(path, size_t{32} << 20);
  if (text.ok()) return {names_of(*text, end, paths), {}};
  return {{}, text.error().to_string()};
}

FactTree flag(const Listed& list, const std::string& name) {
  return list.unknown.empty() ? FactTree::of(list.names.contains(name)) : FactTree::unknown_because(list.unknown);
}

}  // namespace

void parse_modprobe(std::string_view text, ModuleRules& rules) {
  for (const std::string_view line : config_lines(text)) {
    const auto words = split_words(line);
    if (words.size() >= 2 && words[0] == "blacklist") rules.blacklisted.insert(plain(words[1]));
    if (words.size() < 3 || words[0] != "install") continue;
    const std::string_view program = base_name(words[2]);
    if (program == "false" || program == "true") rules.disabled.insert(plain(words[1]));
  }
}

FactTree read_modules(const Context& context) {
  const system::Machine& machine = context.machine;
  const auto release = machine.read_file("/proc/sys/kernel/osrelease", 4096);
  if (!machine.stat("/proc/modules", false).ok()) return {};  // a kernel without modules
  const std::string base = "/lib/modules/" + std::string(release.ok() ? trim(*release) : "");
  const Listed loaded = read_list(machine, "/proc/modules", ' ', false);
  const Listed builtin = read_list(machine, base + "/modules.builtin", '\n', true);
  const Listed available = read_list(machine, base + "/modules.dep", ':', true);
  ModuleRules rules;
  std::string unknown;
  const auto files =
      drop_ins(machine, {"/lib/modprobe.d", "/usr/lib/modprobe.d", "/run/modprobe.d", "/etc/modprobe.d"}, ".conf");
  if (!files.ok()) unknown = files.error().to_string();
  for (const std::string& file : files.ok() ? *files : std::vector<std::string>{}) {
    const auto text = read_following(machine, file);
    if (text.ok())
      parse_modprobe(*text, rules);
    else
      unknown = text.error().to_string();
  }
  Members out;
  for (const std::string name : kRare) {
    Members one = {
        {"loaded", flag(loaded, name)}, {"builtin", flag(builtin, name)}, {"available", flag(available, name)}};
    for (const auto& [key, set] : {std::pair{"disabled", &rules.disabled}, {"blacklisted", &rules.blacklisted}}) {
      one[key] = set->contains(name) || unknown.empty() ? FactTree::of(set->contains(name))
                                                        : FactTree::unknown_because(unknown);
    }
    out[name] = FactTree::map_of(std::move(one));
  }
  return FactTree::map_of(std::move(out), "/proc/modules, " + base + ", modprobe.d");
}

}  // namespace plimsoll::probe::settings
