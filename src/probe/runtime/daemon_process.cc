#include "probe/runtime/daemon_process.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "runtime/cgroup_names.h"
#include "system/paths.h"
#include "system/proc_status.h"

namespace plimsoll::probe {
namespace {

constexpr size_t kMaxCommandLine = size_t{256} << 10;

std::string_view program_name(std::string_view path) {
  if (path.ends_with(" (deleted)")) path.remove_suffix(10);
  return system::base_name(path);
}

std::vector<std::string> words_of(const std::string& command_line) {
  std::vector<std::string> out;
  for (const auto word : split(command_line, '\0')) out.emplace_back(word);
  if (!out.empty() && out.back().empty()) out.pop_back();
  return out;
}

bool in_container(const system::Machine& machine, const std::string& directory) {
  const auto cgroup = machine.read_file(directory + "cgroup", size_t{1} << 20);
  return cgroup.ok() && runtime::container_of_cgroup_file(*cgroup).has_value();
}

std::optional<DaemonProcess> read_daemon(const system::Machine& machine, int pid, const std::string& name) {
  const std::string directory = "/proc/" + std::to_string(pid) + "/";
  const auto text = machine.read_file(directory + "status", size_t{1} << 20);
  if (!text.ok()) return std::nullopt;
  const auto status = system::parse_status(*text);
  if (status.name != name.substr(0, 15)) return std::nullopt;  // the kernel cuts it there
  DaemonProcess process;
  process.pid = pid;
  process.parent = status.parent_pid.value_or(0);
  process.uid = status.effective_uid;
  if (auto exe = machine.read_link(directory + "exe"); exe.ok()) process.exe = std::move(*exe);
  if (!process.exe.empty() && program_name(process.exe) != name) return std::nullopt;
  const auto stat = machine.read_file(directory + "stat", size_t{64} << 10);
  if (stat.ok()) process.started = system::parse_start_time(*stat).value_or(0);
  const auto command = machine.read_file(directory + "cmdline", kMaxCommandLine);
  if (command.ok()) process.arguments = words_of(*command);
  if (in_container(machine, directory)) return std::nullopt;
  return process;
}

// dockerd's flags that take no value (docs.docker.com/reference/cli/dockerd): all others take the next word.
constexpr std::array kSwitches = {"debug",
                                  "D",
                                  "experimental",
                                  "icc",
                                  "init",
                                  "ip-forward",
                                  "ip-masq",
                                  "ip6tables",
                                  "iptables",
                                  "ipv6",
                                  "live-restore",
                                  "no-new-privileges",
                                  "raw-logs",
                                  "rootless",
                                  "selinux-enabled",
                                  "tls",
                                  "tlsverify",
                                  "userland-proxy",
                                  "validate",
                                  "help",
                                  "version",
                                  "v",
                                  "cri-containerd",
                                  "ip-forward-no-drop",
                                  "allow-direct-routing"};
struct ShortFlag {
  const char *name, *means;
};
constexpr std::array kShort = {
    ShortFlag{"H", "host"},      ShortFlag{"D", "debug"},  ShortFlag{"s", "storage-driver"}, ShortFlag{"G", "group"},
    ShortFlag{"l", "log-level"}, ShortFlag{"b", "bridge"}, ShortFlag{"g", "data-root"},      ShortFlag{"p", "pidfile"}};

std::string long_name(const std::string& name) {
  for (const ShortFlag& flag : kShort) {
    if (name == flag.name) return flag.means;
  }
  return name == "graph" ? "data-root" : name;
}

}  // namespace

Result<std::vector<DaemonProcess>> daemons_called(const system::Machine& machine, const std::string& name) {
  PLIMSOLL_TRY(names, machine.list_directory("/proc"));
  std::vector<DaemonProcess> out;
  for (const std::string& entry : names) {
    const auto pid = parse_uint(entry);
    if (!pid || *pid == 0 || *pid > 0x7fffffff) continue;
    if (auto process = read_daemon(machine, static_cast<int>(*pid), name)) out.push_back(std::move(*process));
  }
  std::sort(out.begin(), out.end(), [](const DaemonProcess& a, const DaemonProcess& b) {
    return a.started != b.started ? a.started < b.started : a.pid < b.pid;
  });
  return out;
}

Flags parse_flags(const std::vector<std::string>& arguments) {
  Flags flags;
  for (size_t i = 1; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "--") break;
    if (word.size() < 2 || word[0] != '-') continue;
    const bool is_short = word[1] != '-';
    const size_t equals = word.find('=');
    std::string name =
        word.substr(is_short ? 1 : 2, equals == std::string::npos ? equals : equals - (is_short ? 1 : 2));
    std::optional<std::string> value;
    if (equals != std::string::npos) value = word.substr(equals + 1);
    if (is_short && name.size() > 1) {  // "-Hunix:///x"
      if (!value) value = name.substr(1);
      name.resize(1);
    }
    const bool is_switch = std::find(kSwitches.begin(), kSwitches.end(), name) != kSwitches.end();
    if (!value && !is_switch && i + 1 < arguments.size()) value = arguments[++i];
    flags[long_name(name)].push_back(value.value_or("true"));
  }
  return flags;
}

}  // namespace plimsoll::probe
