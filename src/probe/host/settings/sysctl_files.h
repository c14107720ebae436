#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "system/machine.h"

namespace plimsoll::probe::settings {

// One "key = value" of a sysctl.d file; the key dotted, its pattern characters kept.
struct SysctlSetting {
  std::string key, value, source;
};

// Pure: sysctl.d(5) and sysctl.conf(5). A leading `-` (ignore errors) is taken off; in a key whose first separator is a
// slash, dots and slashes change places.
std::vector<SysctlSetting> parse_sysctl_file(std::string_view text, const std::string& source);

// All settings in the order in which they are applied at boot: files of /usr/lib, /usr/local/lib, /run and
// /etc/sysctl.d by base name, a name in a later directory hiding the earlier; /etc/sysctl.conf last where no
// systemd-sysctl is installed, else only through a link among those.
Result<std::vector<SysctlSetting>> configured_sysctls(const system::Machine& machine);

// What boot sets `name` to: the last exact key, else the last pattern that matches; nullptr when none does.
const SysctlSetting* find_sysctl(const std::vector<SysctlSetting>& settings, std::string_view name);

}  // namespace plimsoll::probe::settings
