#include <set>

#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/installed_kernels.h"
#include "probe/host/settings/reading.h"
#include "system/initial_namespaces.h"

namespace plimsoll::probe::settings {
namespace {

// UEFI specification 2.10, 8.2: a variable's file holds four bytes of attributes, then the value.
FactTree read_efi_flag(const system::Machine& machine, const std::string& name) {
  const std::string path = "/sys/firmware/efi/efivars/" + name + "-8be4df61-93ca-11d2-aa0d-00e098032b8c";
  const auto bytes = machine.read_file(path, 4096);
  if (bytes.ok() && bytes->size() >= 5) return FactTree::of(bytes->back() == 1, path);
  if (bytes.ok()) return FactTree::unknown_because("too short", path);
  const auto names = machine.list_directory("/sys/firmware/efi/efivars", 100'000);
  if (bytes.error().kind == ErrorKind::not_found && names.ok() && !names->empty())
    return FactTree::of(false, path + ": not there");
  return FactTree::unknown_because(
      bytes.error().kind == ErrorKind::not_found ? "efivarfs is not mounted" : bytes.error().message, path);
}

FactTree read_firmware(const system::Machine& machine) {
  if (!machine.stat("/sys/firmware/efi", true).ok()) return {};
  return FactTree::map_of(
      {{"secure_boot", read_efi_flag(machine, "SecureBoot")}, {"setup_mode", read_efi_flag(machine, "SetupMode")}},
      "/sys/firmware/efi");
}

const std::vector<std::string> kGrubFiles = {"/boot/grub/grub.cfg", "/boot/grub2/grub.cfg", "/boot/grub2/user.cfg",
                                             "/boot/grub2/grubenv", "/boot/grub/grubenv"};

const system::Mount* mount_of(const Context& context, const std::string& path) {
  return system::covering_mount(context.mounts, path);
}

FactTree read_loader(const Context& context) {
  std::vector<FactTree> files;
  bool password = false;
  std::string unreadable;
  for (const std::string& path : kGrubFiles) {
    FactTree file = describe_file(context, path);
    if (file.kind == FactTree::Kind::absent) continue;
    const system::Mount* mount = mount_of(context, path);
    if (file.kind == FactTree::Kind::map) {
      file.members["on_fat"] = FactTree::of(mount != nullptr && mount->fs_type == "vfat");
    }
    const auto text = read_following(context.machine, path, size_t{4} << 20);
    if (!text.ok())
      unreadable = text.error().to_string();
    else
      password |= text->find("password_pbkdf2 ") != std::string::npos ||
                  text->find("GRUB2_PASSWORD=grub.pbkdf2") != std::string::npos;
    files.push_back(std::move(file));
  }
  if (files.empty()) return {};
  return FactTree::map_of(
      {{"files", FactTree::list_of(std::move(files))},
       {"password", password || unreadable.empty() ? FactTree::of(password) : FactTree::unknown_because(unreadable)}});
}

// ExecStart lines of a unit and its drop-ins that count: an empty one clears those before.
FactTree read_rescue(const Context& context, const std::string& unit) {
  std::vector<std::string> files;
  for (const char* root :
       {"/etc/systemd/system/", "/run/systemd/system/", "/usr/lib/systemd/system/", "/lib/systemd/system/"}) {
    if (!context.machine.stat(root + unit, true).ok()) continue;
    files.push_back(root + unit);
    break;
  }
  if (files.empty()) return {};
  std::vector<std::string> directories;
  for (const char* root : {"/usr/lib/systemd/system/", "/run/systemd/system/", "/etc/systemd/system/"})
    directories.push_back(root + unit + ".d");
  const auto more = drop_ins(context.machine, directories, ".conf");
  if (!more.ok()) return FactTree::unknown_because(more.error().to_string());
  files.insert(files.end(), more->begin(), more->end());
  bool asks = false, forced = false;
  for (const std::string& file : files) {
    const auto text = read_following(context.machine, file, 65'536);
    if (!text.ok()) return FactTree::unknown_because(text.error().to_string());
    for (const std::string_view line : config_lines(*text)) {
      if (line.starts_with("ExecStart=")) asks = line.find("sulogin") != std::string_view::npos;
      if (line.find("SYSTEMD_SULOGIN_FORCE=1") != std::string_view::npos) forced = true;
    }
  }
  return FactTree::map_of({{"asks_password", FactTree::of(asks)}, {"forced", FactTree::of(forced)}}, files.front());
}

FactTree read_required(const system::Machine& machine) {
  const std::string path = "/run/reboot-required";
  for (const std::string& at : {path, std::string("/var/run/reboot-required")}) {
    const auto there = machine.stat(at, true);
    if (!there.ok() && there.error().kind != ErrorKind::not_found) return from_error(there.error(), at);
    if (!there.ok()) continue;
    std::vector<std::string> packages;
    const auto text = machine.read_file(at + ".pkgs", 65'536);
    for (const std::string_view line : config_lines(text_or_none(text))) packages.emplace_back(line);
    return FactTree::map_of({{"marked", FactTree::of(true)}, {"packages", FactTree::texts_of(packages)}}, at);
  }
  return FactTree::map_of({{"marked", FactTree::of(false)}}, path);
}

// Executable maps of files that were replaced, below /usr and /lib: "... r-xp ... /usr/lib/x.so (deleted)".
bool maps_replaced_library(std::string_view line) {
  if (!line.ends_with(" (deleted)")) return false;
  const auto words = split_words(line);
  return words.size() >= 7 && words[1].size() >= 3 && words[1][2] == 'x' &&
         (words[5].starts_with("/usr/") || words[5].starts_with("/lib"));
}

FactTree read_stale(const Context& context) {
  const auto initial = system::initial_namespaces(context.machine);
  const Fact<uint64_t>& host = initial.at("mnt");
  std::set<std::string> stale;
  std::string unknown = context.processes_unknown;
  for (const Process& process : context.processes) {
    const std::string base = "/proc/" + std::to_string(process.pid);
    if (process.in_container) continue;
    const auto own = system::namespace_inode(context.machine, std::to_string(process.pid), "mnt");
    if (own.ok() && host.known() && *own != *host.value) continue;
    const auto text = context.machine.read_file(base + "/maps", size_t{32} << 20);
    if (!text.ok()) {
      if (text.error().kind != ErrorKind::not_found) unknown = text.error().to_string();
      continue;
    }
    for (const std::string_view line : split(*text, '\n')) {
      if (maps_replaced_library(line)) stale.insert(process.name);
    }
  }
  if (stale.empty() && !unknown.empty()) return FactTree::unknown_because(unknown, "/proc/*/maps");
  return FactTree::texts_of(stale, "/proc/*/maps");
}

FactTree read_uptime(const system::Machine& machine) {
  const auto text = machine.read_file("/proc/uptime", 4096);
  if (!text.ok()) return from_error(text.error(), "/proc/uptime");
  const auto seconds = parse_uint(text->substr(0, text->find('.')));
  return seconds ? number(*seconds, "/proc/uptime") : FactTree::unknown_because("not understood", "/proc/uptime");
}

// "01/15/2024" of DMI.
FactTree read_firmware_age(const system::Machine& machine) {
  const std::string path = "/sys/class/dmi/id/bios_date";
  const auto text = machine.read_file(path, 4096);
  if (!text.ok()) return from_error(text.error(), path);
  const auto parts = split(trim(*text), '/');
  if (parts.size() != 3) return FactTree::unknown_because("not understood", path);
  const auto date = parse_rfc3339(std::string(parts[2]) + "-" + std::string(parts[0]) + "-" + std::string(parts[1]));
  if (!date) return FactTree::unknown_because("not understood", path);
  return FactTree::of(int64_t{(machine.now() - *date).count() / 86'400}, path);
}

}  // namespace

FactTree read_boot(const Context& context) {
  const system::Machine& machine = context.machine;
  return FactTree::map_of({{"efi", read_firmware(machine)},
                           {"firmware_age_days", read_firmware_age(machine)},
                           {"loader", read_loader(context)},
                           {"rescue", read_rescue(context, "rescue.service")},
                           {"emergency", read_rescue(context, "emergency.service")},
                           {"debug_shell", unit_state(context, "debug-shell.service")},
                           {"restart_required", read_required(machine)},
                           {"kernel", read_installed_kernels(context)},
                           {"stale_programs", read_stale(context)},
                           {"uptime", read_uptime(machine)},
                           {"debian_family", FactTree::of(context.family("debian"))}});
}

}  // namespace plimsoll::probe::settings
