#include "probe/host/host_probe.h"

#include "base/text.h"
#include "probe/host/hardware.h"
#include "probe/host/host_processes.h"
#include "probe/host/identity.h"
#include "probe/host/kernel_settings.h"

namespace plimsoll::probe {

HostProbe probe_host(const system::Machine& machine) {
  HostProbe out;
  system::Gaps gaps;
  read_identity(machine, out.facts, gaps);
  read_observer(machine, out.facts, gaps);
  out.facts.hardware = read_hardware(machine);
  read_kernel_settings(machine, out.facts, gaps);
  read_network(machine, out.facts, gaps);
  auto mapped = read_mapped(machine, gaps);
  out.mapped = std::move(mapped.files);
  out.mapped_complete = mapped.complete;
  out.not_assessed = gaps.list("host " + printable(out.facts.hostname, 200));
  return out;
}

}  // namespace plimsoll::probe
