#pragma once
#include <string>

#include "model/report.h"

namespace plimsoll::journal {

// What lists show of an asset beside what they sort and filter by, as one JSON object on one line:
//   exposure {wan_in, wan_out, privileged, runtime_socket, host_network, escape}: "yes", "no", "possible" or "unknown"
//   known_exploited, excepted, packages: counts; checks: counts by outcome; pass_rate: 0-1, or null
//   if_fixed {score, level}, or null
//   of a container: runtime, created, image_id, networks (names; null: not known), and image {size, created, layers,
//   base}: what its runtime tells of it, each null where it does not; base is the system that its files name of a host:
//   kernel, architecture, hardware, cpu_model, cpus, memory_bytes, boot_time, runtimes [{name, version, api_version,
//   component_versions}]
std::string asset_details(const AssetReport& asset);

}  // namespace plimsoll::journal
