#include <array>

#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/modules.h"
#include "probe/host/settings/reading.h"
#include "probe/host/settings/sysctl_files.h"

namespace plimsoll::probe::settings {
namespace {

using Configured = Result<std::vector<SysctlSetting>>;

// Adds `at_boot` to what is told of a running value: the same told of the value that boot sets, when a file names one.
template <typename Tell>
void add_at_boot(Members& out, const Configured& configured, std::string_view name, const Tell& tell) {
  if (!configured.ok()) {
    out["at_boot"] = FactTree::unknown_because(configured.error().to_string());
  } else if (const SysctlSetting* setting = find_sysctl(*configured, name)) {
    out["at_boot"] = tell(*setting);
  }
}

// Documentation/admin-guide/sysctl/kernel.rst: a pattern that starts with `|` is a program and its arguments.
Members core_handler(const Context& context, std::string_view pattern) {
  const bool pipe = pattern.starts_with("|");
  Members out = {{"pattern", FactTree::of(std::string(pattern))},
                 {"pipe", FactTree::of(pipe)},
                 {"absolute", FactTree::of(pattern.starts_with("/"))}};
  if (pipe) {
    const auto words = split_words(pattern.substr(1));
    if (!words.empty()) out["handler"] = describe_program(context, std::string(words[0]));
  }
  return out;
}

FactTree read_core_handler(const Context& context, const Configured& configured) {
  const std::string path = "/proc/sys/kernel/core_pattern";
  const auto text = context.machine.read_file(path, 4096);
  if (!text.ok()) return from_error(text.error(), path);
  Members out = core_handler(context, trim(*text));
  add_at_boot(out, configured, "kernel.core_pattern", [&](const SysctlSetting& setting) {
    return FactTree::map_of(core_handler(context, setting.value), setting.source);
  });
  return FactTree::map_of(std::move(out), path);
}

FactTree helper(const Context& context, std::string_view name, const std::string& value, const std::string& source) {
  Members out = {{"name", FactTree::of(std::string(name))}, {"value", FactTree::of(value)}};
  if (value.starts_with("/")) out["program"] = describe_program(context, value.substr(0, value.find(' ')));
  return FactTree::map_of(std::move(out), source);
}

// What the kernel starts as root by itself, now and (where a file sets another) after the next boot.
FactTree read_helpers(const Context& context, const Configured& configured) {
  std::vector<FactTree> out;
  for (const std::string path : {"/proc/sys/kernel/modprobe", "/sys/kernel/uevent_helper",
                                 "/proc/sys/kernel/poweroff_cmd", "/proc/sys/kernel/hotplug"}) {
    const auto text = context.machine.read_file(path, 4096);
    if (!text.ok()) {
      if (text.error().kind != ErrorKind::not_found)
        out.push_back(FactTree::unknown_because(text.error().message, path));
      continue;
    }
    out.push_back(helper(context, base_name(path), std::string(trim(*text)), path));
  }
  if (!configured.ok()) {
    out.push_back(FactTree::unknown_because(configured.error().to_string()));
    return FactTree::list_of(std::move(out));
  }
  for (const std::string_view name : {"modprobe", "poweroff_cmd", "hotplug"}) {
    const SysctlSetting* setting = find_sysctl(*configured, "kernel." + std::string(name));
    if (setting != nullptr) out.push_back(helper(context, name, setting->value, setting->source));
  }
  return FactTree::list_of(std::move(out));
}

FactTree read_binfmt(const Context& context) {
  const std::string base = "/proc/sys/fs/binfmt_misc";
  const auto names = context.machine.list_directory(base, 4096);
  if (!names.ok()) return from_error(names.error(), base);
  std::vector<FactTree> out;
  for (const std::string& name : *names) {
    if (name == "register" || name == "status") continue;
    const std::string path = base + "/" + name;
    const auto text = context.machine.read_file(path, 65'536);
    if (!text.ok()) {
      out.push_back(FactTree::unknown_because(text.error().message, path));
      continue;
    }
    Members one = {{"name", FactTree::of(name)}};
    for (const std::string_view line : split(*text, '\n')) {
      if (line == "enabled" || line == "disabled") one["enabled"] = FactTree::of(line == "enabled");
      if (line.starts_with("flags:")) one["flags"] = FactTree::of(std::string(trim(line.substr(6))));
      if (line.starts_with("interpreter "))
        one["interpreter"] = describe_program(context, std::string(trim(line.substr(12))));
    }
    out.push_back(FactTree::map_of(std::move(one), path));
  }
  return FactTree::list_of(std::move(out), base);
}

// Documentation/admin-guide/tainted-kernels.rst
FactTree read_taint(const system::Machine& machine) {
  const FactTree value = read_value(machine, "/proc/sys/kernel/tainted");
  if (value.kind != FactTree::Kind::integer) return value;
  static constexpr std::array<std::pair<int, const char*>, 5> kBits = {
      {{1, "forced_load"}, {3, "forced_unload"}, {7, "oopsed"}, {12, "out_of_tree"}, {13, "unsigned"}}};
  Members out = {{"value", value}};
  for (const auto& [bit, name] : kBits) out[name] = FactTree::of(((value.integer >> bit) & 1) != 0);
  std::vector<FactTree> modules;
  const auto names = machine.list_directory("/sys/module", 100'000);
  for (const std::string& name : names.ok() ? *names : std::vector<std::string>{}) {
    const auto taint = machine.read_file("/sys/module/" + name + "/taint", 64);
    if (taint.ok() && !trim(*taint).empty()) {
      modules.push_back(
          FactTree::map_of({{"name", FactTree::of(name)}, {"taint", FactTree::of(std::string(trim(*taint)))}}));
    }
  }
  out["modules"] = FactTree::list_of(std::move(modules), "/sys/module/*/taint");
  return FactTree::map_of(std::move(out), value.source);
}

FactTree read_vulnerabilities(const system::Machine& machine) {
  const std::string base = "/sys/devices/system/cpu/vulnerabilities";
  const auto names = machine.list_directory(base, 1000);
  if (!names.ok()) return from_error(names.error(), base);
  Members out;
  for (const std::string& name : *names) {
    const auto text = machine.read_file(base + "/" + name, 4096);
    const std::string path = base + "/" + name;
    if (!text.ok()) {
      out[name] = from_error(text.error(), path);
      continue;
    }
    // "Unknown: No mitigations", "...; SMT Host state unknown": the kernel itself cannot tell.
    const bool told = !text->starts_with("Unknown") && text->find("SMT Host state unknown") == std::string::npos;
    out[name] = told ? FactTree::of(std::string(trim(*text)), path)
                     : FactTree::unknown_because("the kernel says: " + printable(trim(*text), 200), path);
  }
  return FactTree::map_of(std::move(out), base);
}

FactTree read_command_line(const system::Machine& machine) {
  const auto text = machine.read_file("/proc/cmdline", 65'536);
  if (!text.ok()) return from_error(text.error(), "/proc/cmdline");
  std::vector<std::string> words;
  for (const std::string_view word : split_words(*text)) words.emplace_back(word);
  return FactTree::texts_of(words, "/proc/cmdline");
}

FactTree read_bracketed(const system::Machine& machine, const std::string& path) {
  const auto text = machine.read_file(path, 4096);
  if (!text.ok()) return from_error(text.error(), path);
  const size_t open = text->find('['), close = text->find(']');
  if (open == std::string::npos || close == std::string::npos || close < open)
    return FactTree::unknown_because("not understood", path);
  return FactTree::of(text->substr(open + 1, close - open - 1), path);
}

FactTree read_cgroups(const Context& context) {
  if (!context.mounts_unknown.empty()) return FactTree::unknown_because(context.mounts_unknown);
  bool one = false, two = false;
  std::vector<FactTree> agents;
  for (const system::Mount& mount : context.mounts) {
    two |= mount.fs_type == "cgroup2";
    if (mount.fs_type != "cgroup") continue;
    // A named hierarchy without controllers (systemd's own in hybrid mode) delegates nothing.
    one = true;
    const std::string path = mount.target + "/release_agent";
    const auto text = context.machine.read_file(path, 4096);
    if (!text.ok() && text.error().kind == ErrorKind::not_found) continue;
    if (!text.ok()) {
      agents.push_back(FactTree::unknown_because(text.error().message, path));
      continue;
    }
    Members agent = {{"path", FactTree::of(path)}, {"value", FactTree::of(std::string(trim(*text)))}};
    if (trim(*text).starts_with("/")) agent["program"] = describe_program(context, std::string(trim(*text)));
    agents.push_back(FactTree::map_of(std::move(agent), path));
  }
  if (!one && !two) return FactTree::unknown_because("the host mounts no control groups");
  return FactTree::map_of(
      {{"version", FactTree::of(int64_t{one ? 1 : 2})}, {"release_agents", FactTree::list_of(std::move(agents))}},
      "/proc/1/mountinfo");
}

FactTree read_livepatch(const system::Machine& machine) {
  const auto names = machine.list_directory("/sys/kernel/livepatch", 1000);
  return FactTree::of(names.ok() && !names->empty(), "/sys/kernel/livepatch");
}

FactTree read_virtual(const system::Machine& machine) {
  const auto text = machine.read_file("/proc/cpuinfo", size_t{4} << 20);
  if (!text.ok()) return FactTree::unknown_because(text.error().message, "/proc/cpuinfo");
  return FactTree::of(text->find(" hypervisor") != std::string::npos, "/proc/cpuinfo");
}

FactTree read_microcode(const system::Machine& machine) {
  const auto text = machine.read_file("/proc/cpuinfo", size_t{4} << 20);
  if (!text.ok()) return from_error(text.error(), "/proc/cpuinfo");
  for (const std::string_view line : split(*text, '\n')) {
    if (!line.starts_with("microcode")) continue;
    const size_t colon = line.find(':');
    if (colon != std::string_view::npos)
      return FactTree::of(std::string(trim(line.substr(colon + 1))), "/proc/cpuinfo");
  }
  return {};
}

// Documentation/admin-guide/sysrq.rst: 1 allows everything, else a mask: 8 dumps, 64 kills.
Members sysrq_commands(int64_t value) {
  return {{"dumps", FactTree::of(value == 1 || (value & 8) != 0)},
          {"kills", FactTree::of(value == 1 || (value & 64) != 0)}};
}

FactTree read_sysrq(const system::Machine& machine, const Configured& configured) {
  const FactTree value = read_value(machine, "/proc/sys/kernel/sysrq");
  if (value.kind != FactTree::Kind::integer) return value;
  Members out = sysrq_commands(value.integer);
  add_at_boot(out, configured, "kernel.sysrq", [](const SysctlSetting& setting) {
    const auto number = parse_uint(setting.value);
    return number ? FactTree::map_of(sysrq_commands(static_cast<int64_t>(*number)), setting.source)
                  : FactTree::unknown_because("kernel.sysrq is set to no number", setting.source);
  });
  return FactTree::map_of(std::move(out), value.source);
}

FactTree read_flag(const system::Machine& machine, const std::string& path) {
  const auto text = machine.read_file(path, 64);
  if (!text.ok()) return from_error(text.error(), path);
  return FactTree::of(trim(*text) == "Y" || trim(*text) == "1", path);
}

}  // namespace

FactTree read_kernel(const Context& context) {
  const system::Machine& machine = context.machine;
  const Configured configured = configured_sysctls(machine);
  return FactTree::map_of(
      {{"architecture", read_value(machine, "/proc/sys/kernel/arch")},
       {"core_handler", read_core_handler(context, configured)},
       {"sysrq", read_sysrq(machine, configured)},
       {"helpers", read_helpers(context, configured)},
       {"binfmt", read_binfmt(context)},
       {"kexec_crash_loaded", read_flag(machine, "/sys/kernel/kexec_crash_loaded")},
       {"lockdown", read_bracketed(machine, "/sys/kernel/security/lockdown")},
       {"module_signatures_enforced", read_flag(machine, "/sys/module/module/parameters/sig_enforce")},
       {"has_modules", FactTree::of(machine.stat("/proc/modules", false).ok(), "/proc/modules")},
       {"modules", read_modules(context)},
       {"taint", read_taint(machine)},
       {"cpu_vulnerabilities", read_vulnerabilities(machine)},
       {"command_line", read_command_line(machine)},
       {"smt_active", read_flag(machine, "/sys/devices/system/cpu/smt/active")},
       {"microcode", read_microcode(machine)},
       {"virtual_machine", read_virtual(machine)},
       {"livepatch", read_livepatch(machine)},
       {"cgroup", read_cgroups(context)}});
}

}  // namespace plimsoll::probe::settings
