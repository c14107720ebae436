// Configuration files of the host, which users and packages write. The first byte picks the parser; includes see the
// same bytes again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "probe/host/settings/apt_config.h"
#include "probe/host/settings/context.h"
#include "probe/host/settings/cron_table.h"
#include "probe/host/settings/file_capabilities.h"
#include "probe/host/settings/installed_kernels.h"
#include "probe/host/settings/modules.h"
#include "probe/host/settings/pam_stack.h"
#include "probe/host/settings/reading.h"
#include "probe/host/settings/shadow.h"
#include "probe/host/settings/sshd_config.h"
#include "probe/host/settings/sudoers.h"
#include "probe/host/settings/sysctl_files.h"
#include "probe/host/settings/unit_files.h"
#include "system/audit_rules.h"
#include "system/netlink.h"

using namespace plimsoll;
using namespace plimsoll::probe::settings;

namespace {

void accounts(const std::string& text) {
  system::parse_passwd(text);
  system::parse_group(text);
  parse_shadow(text);
  overlapping_ranges(parse_subids(text));
  parse_login_defs(text);
}

void sshd(const std::string& text) {
  const SshdConfig config = parse_sshd_config({[&](const std::string&) -> Result<std::string> { return text; },
                                               [](const std::string& pattern) -> Result<std::vector<std::string>> {
                                                 return std::vector<std::string>{pattern};
                                               }},
                                              "/etc/ssh/sshd_config", {});
  for (const auto& [keyword, values] : config.values) {
    if (values.empty()) continue;
    parse_ssh_time(values.front());
    sshd_algorithms("kexalgorithms", values.front(), {9, 2});
  }
  parse_ssh_keys(text);
  find_ssh_version(text);
}

void sudo(const std::string& text) {
  parse_sudoers({[&](const std::string&) -> Result<std::string> { return text; },
                 [](const std::string&) -> Result<std::vector<std::string>> { return std::vector<std::string>{"a"}; }},
                "/etc/sudoers");
}

void small_files(const std::string& text) {
  find_sysctl(parse_sysctl_file(text, "f"), "kernel.x");
  ModuleRules modules;
  parse_modprobe(text, modules);
  parse_unit_programs(text);
  parse_dpkg_kernels(text);
  parse_running_version(text);
  parse_file_capabilities(text);
  is_container_cgroup(text);
  std::map<std::string, std::string> values;
  parse_ini(text, values);
  parse_assignments(text);
  const size_t half = text.size() / 2;
  matches_pattern(std::string_view(text).substr(0, half), std::string_view(text).substr(half));
}

void netlink(const std::string& text) {
  std::vector<system::Machine::NetlinkReply> replies;
  (void)system::take_netlink_messages(text, replies);
  replies.push_back({1013, text});
  for (const system::AuditRule& rule : system::parse_kernel_rules(replies)) system::is_watched({rule}, rule.path, "wa");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'a':
      accounts(text);
      break;
    case 's':
      sshd(text);
      break;
    case 'u':
      sudo(text);
      break;
    case 'p':
      read_pam_stack([&](const std::string&) -> Result<std::string> { return text; }, "sshd");
      break;
    case 't': {
      AptValues values;
      parse_apt_config(text, values);
      std::vector<AptSource> sources;
      parse_one_line_sources(text, sources);
      parse_deb822_sources(text, sources);
      break;
    }
    case 'c':
      for (const CronJob& job : parse_crontab(text, true)) {
        programs_of(job.command);
        fetches_to_shell(job.command);
      }
      break;
    case 'w': {
      system::AuditRules rules;
      system::parse_audit_rules(text, rules);
      system::is_watched(rules.rules, "/etc/docker/daemon.json", "wa");
      break;
    }
    case 'f':
      small_files(text);
      break;
    case 'n':
      netlink(text);
      break;
    default:
      break;
  }
  return 0;
}
