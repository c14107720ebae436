#pragma once
#include "model/facts.h"
#include "system/gaps.h"
#include "system/machine.h"

namespace plimsoll::probe {

// machine_id, hostname, kernel_release, kernel_version, boot_time. Without /etc/machine-id the id of this boot stands
// in
// ("boot-..."), then the host's name; both are noted in `gaps`.
void read_identity(const system::Machine& machine, HostFacts& facts, system::Gaps& gaps);

// on_host and privileged_observer.
void read_observer(const system::Machine& machine, HostFacts& facts, system::Gaps& gaps);

}  // namespace plimsoll::probe
