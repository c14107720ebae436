#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "model/incomplete.h"
#include "network/detect/detector.h"
#include "network/flow_record.h"

namespace plimsoll::network {

enum class LinkType { ethernet, raw_ip, linux_sll, linux_sll2, null_loopback };

class Ndpi;  // protocol/ndpi.h

struct Packet {
  Time at{};
  LinkType link = LinkType::ethernet;
  std::span<const uint8_t> bytes;
  uint32_t original_length = 0;  // on the wire; more than bytes.size() where the capture cut it
};

struct SensorLimits {
  size_t flows = 65'536;  // held at once; the least recently used leaves first
  std::chrono::seconds tcp_idle{300}, udp_idle{60};
  size_t head_bytes = 64 * 1024;        // of each direction that are reassembled and looked into
  size_t reassembly_bytes = 32u << 20;  // of all flows together
};

struct SensorCounts {
  uint64_t packets = 0, bytes = 0;
  uint64_t not_ip = 0, malformed = 0, cut = 0;   // cut: by the capture's length
  uint64_t flows_opened = 0, flows_evicted = 0;  // evicted: left early because the table was full
  uint64_t reassembly_lost = 0;  // segments and datagrams that a bound or a gap kept from being looked into
  uint64_t doubled = 0;          // the same packet seen on another interface right before (SLL only)
  bool operator==(const SensorCounts&) const = default;
};

// Packets of one point of view in; flows with their protocols, and findings, out. Deterministic: the same packets give
// the same answers. Everything is bounded by `limits`; what a bound cost is counted. Not thread-safe.
class Sensor {
 public:
  // Called for each flow when it leaves the table (closed, idle, evicted, flushed).
  using Leaves = std::function<void(const FlowRecord&)>;
  // `ndpi`: to share one (6 MB, 13 ms to make) among sensors of one thread; else it makes its own when it needs one.
  Sensor(SensorLimits limits, std::vector<const DetectorRow*> detectors, Leaves leaves,
         std::shared_ptr<Ndpi> ndpi = nullptr);
  ~Sensor();
  Sensor(const Sensor&) = delete;
  Sensor& operator=(const Sensor&) = delete;

  void packet(const Packet& packet);
  void expire(Time now);                  // idle flows leave; live sources call it now and then
  void flush();                           // all flows leave
  std::vector<FlowRecord> flows() const;  // those in the table
  std::vector<Finding> findings() const;
  const SensorCounts& counts() const;
  IncompleteList losses() const;  // what detectors lost to their bounds

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plimsoll::network
