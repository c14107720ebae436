#pragma once
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "network/detect/finding.h"
#include "network/flow_record.h"

namespace plimsoll::network {

// What the sensor tells its listeners, in the order of the packets. Pointers and views live for the call only.
// UDP: `established` comes with the first answer, `refused` with an ICMP "port unreachable".
enum class FlowEvent { opened, established, refused, reset, closed, identified };

// TCP segments that open nothing and belong to no flow in the table, as scanners send them.
enum class ProbeKind { null, fin, xmas, ack };

class Findings;  // findings.h: folds what detectors tell

// One detector is one file and one row of the table in table.cc. Time is the packets' own; state is bounded.
class Detector {
 public:
  virtual ~Detector() = default;
  // `identified` comes once, when the application protocol is known, with flow.application set.
  virtual void on_flow(FlowEvent, const FlowRecord&, Time, Findings&) {}
  // Reassembled bytes in order, each byte once, the first 64 KiB of each direction. UDP: one call a datagram.
  virtual void on_data(const FlowRecord&, bool /*from_client*/, std::string_view /*bytes*/, Time, Findings&) {}
  // A segment of a scan without connection: `from` sent it to `to`.
  virtual void on_probe(ProbeKind, const Endpoint& /*from*/, const Endpoint& /*to*/, Time, Findings&) {}
  // About once a second of the packets' time, and once more when all flows are flushed.
  virtual void on_tick(Time, Findings&) {}
  // The flow leaves the table: nothing more comes of it.
  virtual void on_leave(const FlowRecord&, Time, Findings&) {}
};

// One row of the table of detectors.
struct DetectorRow {
  std::string_view id;  // "net.scan.ports"
  SeverityLevel severity;
  std::string_view technique;
  std::string_view title;
  bool on_by_default;
  std::unique_ptr<Detector> (*make)();
};
std::span<const DetectorRow> detector_table();
std::vector<const DetectorRow*> default_detectors();  // those that are on by default

}  // namespace plimsoll::network
