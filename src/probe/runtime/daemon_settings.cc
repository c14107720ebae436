#include "probe/runtime/daemon_settings.h"

#include <algorithm>

#include "base/text.h"
#include "probe/runtime/daemon_defaults.h"
#include "runtime/json_tree.h"

namespace plimsoll::probe {
namespace {

using Members = std::map<std::string, FactTree>;
using Kind = FactTree::Kind;

constexpr size_t kMaxConfig = size_t{4} << 20;
constexpr const char* kUsualFile = "/etc/docker/daemon.json";

std::string config_path(const system::Files& files, const DaemonProcess* process, const Flags& flags) {
  const auto named = flags.find("config-file");
  if (named != flags.end()) return named->second.back();
  if (process && process->uid.value_or(0) != 0) {
    const std::string home = files.home_of(*process->uid);
    if (!home.empty()) return home + "/.config/docker/daemon.json";
  }
  return kUsualFile;
}

struct ConfigFile {
  FactTree file;       // for the tree
  Members settings;    // what it sets
  std::string unread;  // why it could not be read; empty when it was, or is not there
};

ConfigFile read_config(const system::Files& files, const std::string& path) {
  ConfigFile out;
  out.file = files.describe(path);
  if (out.file.kind == Kind::absent) return out;
  const auto text = files.read(path, kMaxConfig);
  if (!text.ok() && text.error().kind == ErrorKind::not_found) return out;
  auto settings = text.ok() ? read_daemon_file(*text, path) : Result<Members>(text.error());
  if (settings.ok()) {
    out.settings = std::move(*settings);
  } else {
    out.unread = settings.error().message;
  }
  if (out.file.kind != Kind::map) return out;
  const bool malformed = !settings.ok() && settings.error().kind == ErrorKind::malformed;
  out.file.members["valid"] = settings.ok() || malformed
                                  ? FactTree::of(settings.ok(), path + (malformed ? ": " + out.unread : ""))
                                  : FactTree::unknown_because(out.unread, path);
  std::vector<std::string> repeated;
  if (text.ok() && settings.ok()) {
    if (auto names = runtime::repeated_members(*text, path); names.ok()) repeated = std::move(*names);
  }
  out.file.members["repeated"] = FactTree::texts_of(repeated, path);
  return out;
}

// What dockerd was told: command line, then file, then its own default. (It refuses to start when both say the same.)
Members told_settings(const ConfigFile& config, const DaemonProcess* process, const Flags& flags,
                      const std::string& unseen) {
  Members daemon = config.settings;
  for (const DaemonSetting& setting : daemon_settings_table()) {
    FactTree& node = daemon[setting.name];
    if (const auto flag = flags.find(setting.flag); flag != flags.end()) {
      node = setting_from_flag(setting, flag->second);
      node.source = "/proc/" + std::to_string(process->pid) + "/cmdline --" + setting.flag;
    } else if (node.kind != Kind::absent) {
      continue;
    } else if (!config.unread.empty()) {
      node = FactTree::unknown_because("the daemon's configuration cannot be read: " + config.unread, kUsualFile);
    } else if (process) {
      node = default_of(setting);
    } else {
      node = FactTree::unknown_because(unseen.empty() ? "no dockerd process is seen on this host" : unseen, "/proc");
    }
  }
  return daemon;
}

void take_over(Members& daemon, const char* name, const FactTree& live) {
  if (live.kind != Kind::absent && live.kind != Kind::unknown) daemon[name] = live;
}

// Told nothing, dockerd chooses by what the machine can do: then only it knows.
void put_chosen(const FactTree& engine, Members& daemon) {
  FactTree& driver = daemon["storage-driver"];
  if (driver.kind == Kind::text && driver.text.empty()) {
    driver = FactTree::unknown_because("dockerd chose it, and the engine does not tell", engine.at("socket").text);
  }
}

// The engine's own word is what is in force: a file may have changed since the daemon read it.
void put_live(const FactTree& engine, Members& daemon) {
  const FactTree& info = engine.at("info");
  take_over(daemon, "live-restore", info.at("live_restore"));
  take_over(daemon, "log-driver", info.at("logging_driver"));
  take_over(daemon, "storage-driver", info.at("storage_driver"));
  take_over(daemon, "experimental", info.at("experimental"));
  take_over(daemon, "debug", info.at("debug"));
  take_over(daemon, "data-root", info.at("root_dir"));
  take_over(daemon, "insecure-registries", engine.at("insecure_registries"));
  take_over(daemon, "authorization-plugins", info.at("authorization_plugins"));
  for (const FactTree& network : engine.at("networks").items) {
    if (network.at("name").text != "bridge") continue;
    take_over(daemon, "icc", network.at("icc"));
    daemon["icc"].source = "/networks bridge";
  }
  const FactTree& security = engine.at("security");
  // Engines before 23.0 do not list no-new-privileges: only its presence tells.
  if (security.at("no-new-privileges").kind != Kind::absent) {
    daemon["no-new-privileges"] = FactTree::of(true, security.source);
  }
  if (security.at("userns").kind != Kind::absent && daemon["userns-remap"].text.empty()) {
    daemon["userns-remap"] = FactTree::of("on", security.source);
  }
}

// "Max open files            1024                 1048576              files"
FactTree open_files_limit(const system::Machine& machine, int pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/limits";
  const auto text = machine.read_file(path, size_t{64} << 10);
  if (!text.ok()) return FactTree::unknown_because(text.error().message, path);
  constexpr std::string_view name = "Max open files";
  for (const auto line : split(*text, '\n')) {
    if (!line.starts_with(name)) continue;
    const auto words = split_words(line.substr(name.size()));
    if (words.size() < 2) break;
    if (words[1] == "unlimited") return FactTree::of(int64_t{INT64_MAX}, path);
    const auto number = parse_uint(words[1]);
    if (number && *number <= INT64_MAX) return FactTree::of(static_cast<int64_t>(*number), path);
  }
  return FactTree::unknown_because("no line for open files", path);
}

std::vector<std::string> hosts_of(const DaemonProcess& process, const system::Files& files) {
  const Flags flags = parse_flags(process.arguments);
  if (const auto hosts = flags.find("host"); hosts != flags.end()) return hosts->second;
  std::vector<std::string> out;
  const ConfigFile config = read_config(files, config_path(files, &process, flags));
  const auto hosts = config.settings.find("hosts");
  if (hosts == config.settings.end()) return {"unix:///var/run/docker.sock"};
  for (const FactTree& host : hosts->second.items) out.push_back(host.text);
  return out;
}

}  // namespace

Result<Members> read_daemon_file(std::string_view text, const std::string& path) {
  if (trim(text).empty()) return Members{};  // dockerd takes an empty file for {}
  PLIMSOLL_TRY(tree, runtime::tree_from_text(text, path));
  if (tree.kind != Kind::map) return Error{ErrorKind::malformed, "not a JSON object", path};
  for (auto& [name, node] : tree.members) {
    if (node.kind != Kind::absent) node.source = path;
  }
  return std::move(tree.members);
}

const DaemonProcess* daemon_of(const std::vector<DaemonProcess>& daemons, const system::Files& files,
                               const std::string& socket) {
  const std::string wanted = files.resolve(socket);
  for (auto daemon = daemons.rbegin(); daemon != daemons.rend(); ++daemon) {
    for (const std::string& host : hosts_of(*daemon, files)) {
      const bool inherited = host.starts_with("fd://") && wanted == files.resolve("/var/run/docker.sock");
      if (inherited || (host.starts_with("unix://") && files.resolve(host.substr(7)) == wanted)) return &*daemon;
    }
  }
  return daemons.empty() ? nullptr : &daemons.back();
}

void add_daemon(const system::Files& files, const DaemonProcess* process, const std::string& unseen, FactTree& engine) {
  const Flags flags = process ? parse_flags(process->arguments) : Flags{};
  ConfigFile config = read_config(files, config_path(files, process, flags));
  Members daemon = told_settings(config, process, flags, unseen);
  put_live(engine, daemon);
  put_chosen(engine, daemon);
  engine.members["daemon"] = FactTree::map_of(std::move(daemon));
  engine.members["config_file"] = std::move(config.file);
  if (!process) {
    const std::string why = unseen.empty() ? "no dockerd process is seen on this host" : unseen;
    for (const char* name : {"command", "uid", "program"}) {
      engine.members[name] = FactTree::unknown_because(why, "/proc");
    }
    engine.members["limits"] = FactTree::map_of({{"open_files", FactTree::unknown_because(why, "/proc")}});
    return;
  }
  const std::string directory = "/proc/" + std::to_string(process->pid);
  engine.members["command"] = FactTree::texts_of(process->arguments, directory + "/cmdline");
  engine.members["uid"] = process->uid ? FactTree::of(static_cast<int64_t>(*process->uid), directory + "/status")
                                       : FactTree::unknown_because("no line Uid", directory + "/status");
  engine.members["program"] = process->exe.empty() ? FactTree::unknown_because("it may not be read", directory + "/exe")
                                                   : files.describe(process->exe);
  engine.members["limits"] = FactTree::map_of({{"open_files", open_files_limit(files.machine(), process->pid)}});
}

}  // namespace plimsoll::probe
