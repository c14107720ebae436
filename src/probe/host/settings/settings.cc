#include "probe/host/settings/settings.h"

#include <array>

#include "model/facts.h"
#include "probe/host/identity.h"
#include "probe/host/settings/collectors.h"
#include "system/gaps.h"

namespace plimsoll::probe {
namespace {

using Collector = FactTree (*)(const settings::Context&);
constexpr std::array<std::pair<const char*, Collector>, 23> kMembers = {{
    {"sysctl", settings::read_sysctl},     {"interfaces", settings::read_interfaces},
    {"lsm", settings::read_lsm},           {"kernel", settings::read_kernel},
    {"boot", settings::read_boot},         {"mounts", settings::read_mounts},
    {"files", settings::read_files},       {"accounts", settings::read_accounts},
    {"sudo", settings::read_sudo},         {"pam", settings::read_pam},
    {"sshd", settings::read_sshd},         {"services", settings::read_services},
    {"firewall", settings::read_firewall}, {"audit", settings::read_audit},
    {"logging", settings::read_logging},   {"time", settings::read_time},
    {"cron", settings::read_cron},         {"updates", settings::read_updates},
    {"swap", settings::read_swap},         {"cores", settings::read_cores},
    {"platform", settings::read_platform}, {"runtimes", settings::read_runtimes},
    {"walk", settings::read_walk},
}};

bool inside_container(const system::Machine& machine) {
  HostFacts facts;
  system::Gaps ignored;
  read_observer(machine, facts, ignored);
  return facts.on_host.known() && !*facts.on_host.value;
}

}  // namespace

FactTree probe_host_settings(const system::Machine& machine, const SettingsBounds& bounds) {
  std::map<std::string, FactTree> out;
  if (inside_container(machine)) {
    for (const auto& [name, collector] : kMembers)
      out[name] = FactTree::unknown_because("Plimsoll runs in a container and sees that, not the host");
    return FactTree::map_of(std::move(out));
  }
  const settings::Context context = settings::make_context(machine, std::chrono::steady_clock::now() + bounds.walk);
  for (const auto& [name, collector] : kMembers) out[name] = collector(context);
  return FactTree::map_of(std::move(out));
}

}  // namespace plimsoll::probe
