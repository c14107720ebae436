#pragma once
#include <atomic>
#include <chrono>
#include <span>
#include <vector>

#include "network/sensor.h"
#include "probe/network/observation.h"
#include "probe/network/watched.h"
#include "system/machine.h"
#include "system/sandbox/sandbox.h"

namespace plimsoll::probe {

// Which ways to see connections may be used. Each works alone; what is not there is told in Observation::sources.
struct SourceChoice {
  bool kernel_programs = true;  // eBPF
  bool socket_tables = true;    // socket diagnostics and connection tracking
  bool packets = true;          // packet capture; without it no protocol is named by its bytes
};

struct ObserveOptions {
  std::chrono::milliseconds duration{5000};
  SourceChoice sources;
  std::vector<const network::DetectorRow*> detectors;  // what packets are looked at for
  network::SensorLimits limits;                        // of all namespaces together
  // Where packets are parsed: one of its own, since it is taken up for as long as something is watched. Null: no
  // packet capture.
  system::sandbox::Sandbox* capture = nullptr;
  const std::atomic<bool>* stop = nullptr;  // set: ends early
};

// Watches the connections of the host and of `containers` for a while. Never fails as a whole: what could not be seen
// is in Observation::not_assessed. Blocks for `duration`.
Observation observe(const system::Machine& machine, const AssetId& host, const std::vector<Watched>& containers,
                    const ObserveOptions& options);

}  // namespace plimsoll::probe
