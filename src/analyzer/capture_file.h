#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "model/incomplete.h"
#include "network/detect/finding.h"
#include "network/sensor.h"
#include "system/sandbox/sandbox.h"

namespace plimsoll::analyzer {

// What a capture file tells.
struct CaptureReading {
  std::vector<network::FlowRecord> flows;  // by first_seen, then by key
  std::vector<network::Finding> findings;
  network::SensorCounts counts;
  IncompleteList not_assessed;
};

// Reads a pcap or pcapng file with the detectors that are on by default: in a worker of `sandbox`, or in this process
// where it is null. A file that ends in the middle of a packet, and a worker that was lost, are told in not_assessed.
// Errors: the file cannot be opened, or is no capture.
Result<CaptureReading> read_capture(system::sandbox::Sandbox* sandbox, const std::string& path);

// One JSON document: flows, findings, counts, not_assessed. The same for the same reading, byte for byte.
std::string capture_json(const CaptureReading& reading);

}  // namespace plimsoll::analyzer
