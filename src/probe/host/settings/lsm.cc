#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {
namespace {

const std::string kLsm = "/sys/kernel/security/lsm";
const std::string kProfiles = "/sys/kernel/security/apparmor/profiles";

FactTree read_active(const system::Machine& machine) {
  const auto text = machine.read_file(kLsm, 4096);
  std::vector<std::string> names;
  if (text.ok()) {
    for (const std::string_view name : split(trim(*text), ',')) {
      if (!name.empty()) names.emplace_back(name);
    }
    return FactTree::texts_of(names, kLsm);
  }
  // Without the security file system two of them still show.
  const auto apparmor = machine.read_file("/sys/module/apparmor/parameters/enabled", 64);
  if (apparmor.ok() && trim(*apparmor) == "Y") names.push_back("apparmor");
  if (machine.stat("/sys/fs/selinux/enforce", true).ok()) names.push_back("selinux");
  if (!names.empty()) return FactTree::texts_of(names, "/sys/module/apparmor, /sys/fs/selinux");
  if (text.error().kind != ErrorKind::not_found) return FactTree::unknown_because(text.error().message, kLsm);
  const auto kinds = machine.read_file("/proc/filesystems", 65'536);
  if (kinds.ok() && kinds->find("securityfs") == std::string::npos)
    return FactTree::list_of({}, "/proc/filesystems: no securityfs");
  return FactTree::unknown_because("the security file system is not mounted", kLsm);
}

// "name (mode)", one a line; names may hold blanks and brackets.
FactTree parse_profiles(std::string_view text) {
  std::vector<FactTree> profiles;
  int64_t enforce = 0, complain = 0;
  for (const std::string_view line : split(text, '\n')) {
    const size_t open = line.rfind(" (");
    if (open == std::string_view::npos || line.back() != ')') continue;
    const std::string mode(line.substr(open + 2, line.size() - open - 3));
    enforce += mode == "enforce" ? 1 : 0;
    complain += mode == "complain" ? 1 : 0;
    if (profiles.size() < 4096) {
      profiles.push_back(
          FactTree::map_of({{"name", FactTree::of(std::string(line.substr(0, open)))}, {"mode", FactTree::of(mode)}}));
    }
  }
  return FactTree::map_of({{"profiles", FactTree::list_of(std::move(profiles))},
                           {"enforcing", FactTree::of(enforce)},
                           {"complaining", FactTree::of(complain)}},
                          kProfiles);
}

FactTree read_apparmor(const system::Machine& machine) {
  const std::string path = "/sys/module/apparmor/parameters/enabled";
  const auto enabled = machine.read_file(path, 64);
  if (!enabled.ok()) return from_error(enabled.error(), path);
  if (trim(*enabled) != "Y") return {};
  const auto profiles = machine.read_file(kProfiles, size_t{8} << 20);
  if (profiles.ok()) return parse_profiles(*profiles);
  return FactTree::unknown_because(profiles.error().message, kProfiles);
}

FactTree read_selinux(const Context& context) {
  const std::string config = "/etc/selinux/config";
  Members out;
  const FactTree enforce = read_value(context.machine, "/sys/fs/selinux/enforce");
  if (enforce.kind != FactTree::Kind::absent) {
    out["enforcing"] = enforce.kind == FactTree::Kind::integer
                           ? FactTree::of(enforce.integer == 1, enforce.source)
                           : FactTree::unknown_because("not understood", enforce.source);
  }
  const auto text = read_following(context.machine, config, 65'536);
  if (text.ok()) {
    for (const auto& [key, value] : parse_assignments(*text)) {
      if (key == "SELINUX") out["configured"] = FactTree::of(lower(value), config);
      if (key == "SELINUXTYPE") out["policy"] = FactTree::of(lower(value), config);
    }
  } else if (text.error().kind != ErrorKind::not_found) {
    out["configured"] = FactTree::unknown_because(text.error().message, config);
  }
  return out.empty() ? FactTree{} : FactTree::map_of(std::move(out), "/sys/fs/selinux");
}

}  // namespace

FactTree read_lsm(const Context& context) {
  return FactTree::map_of({{"active", read_active(context.machine)},
                           {"apparmor", read_apparmor(context.machine)},
                           {"selinux", read_selinux(context)},
                           {"rhel_family", FactTree::of(context.family("rhel"))}});
}

}  // namespace plimsoll::probe::settings
