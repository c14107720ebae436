#include "probe/host/settings/sysctl_files.h"

#include <algorithm>

#include "base/text.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {
namespace {

std::string dotted(std::string_view key) {
  std::string out(key);
  const size_t separator = out.find_first_of("./");
  if (separator == std::string::npos || out[separator] == '.') {
    std::replace(out.begin(), out.end(), '/', '.');  // "a.b/c" is written for a.b.c too
    return out;
  }
  for (char& c : out) c = c == '/' ? '.' : c == '.' ? '/' : c;
  return out;
}

}  // namespace

std::vector<SysctlSetting> parse_sysctl_file(std::string_view text, const std::string& source) {
  std::vector<SysctlSetting> out;
  for (std::string_view line : config_lines(text)) {
    if (line.front() == '-') line = trim(line.substr(1));
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    std::string key = dotted(trim(line.substr(0, equals)));
    if (!key.empty()) out.push_back({std::move(key), std::string(trim(line.substr(equals + 1))), source});
  }
  return out;
}

Result<std::vector<SysctlSetting>> configured_sysctls(const system::Machine& machine) {
  PLIMSOLL_TRY(
      files,
      drop_ins(machine, {"/usr/lib/sysctl.d", "/usr/local/lib/sysctl.d", "/run/sysctl.d", "/etc/sysctl.d"}, ".conf"));
  const bool by_systemd = machine.stat("/usr/lib/systemd/systemd-sysctl", true).ok() ||
                          machine.stat("/lib/systemd/systemd-sysctl", true).ok();
  if (!by_systemd) files.push_back("/etc/sysctl.conf");
  std::vector<SysctlSetting> out;
  for (const std::string& file : files) {
    const auto text = read_following(machine, file);
    if (!text.ok() && text.error().kind == ErrorKind::not_found) continue;  // a dangling link sets nothing
    if (!text.ok()) return text.error();
    auto more = parse_sysctl_file(*text, file);
    out.insert(out.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  return out;
}

const SysctlSetting* find_sysctl(const std::vector<SysctlSetting>& settings, std::string_view name) {
  const auto exact =
      std::find_if(settings.rbegin(), settings.rend(), [&](const SysctlSetting& s) { return s.key == name; });
  if (exact != settings.rend()) return &*exact;
  const auto pattern = std::find_if(settings.rbegin(), settings.rend(), [&](const SysctlSetting& s) {
    return s.key.find('*') != std::string::npos && matches_pattern(s.key, name);
  });
  return pattern != settings.rend() ? &*pattern : nullptr;
}

}  // namespace plimsoll::probe::settings
