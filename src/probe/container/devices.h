#pragma once
#include <string>
#include <string_view>

#include "model/facts.h"
#include "probe/container/view.h"
#include "system/proc_status.h"

namespace plimsoll::probe {

// What a device number stands for: "disk", "mem", "kvm"... (table in docs/facts.md). Fixed numbers by the kernel's
// Documentation/admin-guide/devices.txt, dynamic ones by the driver's name in /proc/devices. Empty for the nodes every
// runtime makes.
std::string device_meaning(char type, uint32_t major, uint32_t minor, const system::DriverNumbers& drivers);

// Device nodes below /dev beyond the default set. Mounts that may hang are not entered.
Fact<std::vector<DeviceNode>> device_nodes(const View& view);

// Whether the device cgroup lets the container open every device. cgroup v1 says so in devices.list; v2 keeps the rules
// in a kernel program that is not read here: then `privileged`, the runtime's own word, decides, or it is unknown.
Fact<bool> all_devices_allowed(const View& view, const Fact<bool>& privileged);

}  // namespace plimsoll::probe
