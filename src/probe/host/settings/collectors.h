#pragma once
#include "model/fact_tree.h"
#include "probe/host/settings/context.h"

// One function for each member of the host's tree of settings (docs/facts.md lists what each holds). None fails as a
// whole: what is not there is absent, what could not be read unknown.
namespace plimsoll::probe::settings {

FactTree read_sysctl(const Context& context);      // running and configured kernel parameters
FactTree read_interfaces(const Context& context);  // effective values per network interface
FactTree read_lsm(const Context& context);
FactTree read_kernel(const Context& context);  // helpers, modules, taint, CPU vulnerabilities, command line, cgroups
FactTree read_boot(const Context& context);    // secure boot, boot loader, installed kernels, pending restarts
FactTree read_mounts(const Context& context);
FactTree read_files(const Context& context);  // owners and modes, by group of paths
FactTree read_accounts(const Context& context);
FactTree read_sudo(const Context& context);
FactTree read_pam(const Context& context);
FactTree read_sshd(const Context& context);
FactTree read_services(const Context& context);
FactTree read_firewall(const Context& context);
FactTree read_audit(const Context& context);
FactTree read_logging(const Context& context);
FactTree read_time(const Context& context);
FactTree read_cron(const Context& context);
FactTree read_updates(const Context& context);
FactTree read_swap(const Context& context);
FactTree read_cores(const Context& context);
FactTree read_walk(const Context& context);
FactTree read_platform(const Context& context);
FactTree read_runtimes(const Context& context);  // what of containers is here, and how it decides other rows

}  // namespace plimsoll::probe::settings
