#pragma once
#include <string>

#include "model/facts.h"
#include "system/machine.h"

namespace plimsoll::probe {

// What a machine's firmware says of itself (/sys/class/dmi/id).
struct Dmi {
  std::string sys_vendor, product_name, chassis_asset_tag, bios_vendor, bios_version, board_vendor;
};

// The cloud a machine runs in; empty when none is recognised.
std::string cloud_of(const Dmi& dmi);

// The virtual machine a machine is, for people: "KVM", "VMware", ...; empty when the firmware names none.
std::string virtualisation_of(const Dmi& dmi);

HardwareFacts read_hardware(const system::Machine& machine);

}  // namespace plimsoll::probe
