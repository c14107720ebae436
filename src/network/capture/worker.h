#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "model/incomplete.h"
#include "network/capture/ring.h"
#include "network/described.h"
#include "network/sensor.h"
#include "system/sandbox/worker.h"

// Packets of all network namespaces, parsed by one worker that has no rights: it is given rings, and tells flows.
namespace plimsoll::network {

// What the worker is asked: packed, its request.
struct CaptureOrder {
  std::vector<std::string> detectors;  // ids of rows
  uint64_t flows = 65'536;             // held at once in all namespaces together
  uint64_t head_bytes = 64 << 10, reassembly_bytes = 32 << 20;
  uint64_t tcp_idle_seconds = 300, udp_idle_seconds = 60;
};

// What it is told after that, over the socket that is its first descriptor (SOCK_SEQPACKET); `add` comes with the ring.
struct CaptureControl {
  enum class Kind : uint32_t { add = 1, remove = 2, stop = 3 } kind = Kind::add;
  RingShape shape;
  uint64_t name_space = 0;
  uint32_t interface = 0;  // which ring of that namespace; `remove` of 0 ends the namespace
};

struct CapturedFlow {
  uint64_t name_space = 0;
  FlowRecord flow;
};
struct CapturedFinding {
  uint64_t name_space = 0;
  Finding finding;
};
// What it tells, about once a second where there is something: packed, a piece each.
struct CaptureNews {
  std::vector<CapturedFlow> flows;        // that left, and those that are open and have changed
  std::vector<CapturedFinding> findings;  // all of a namespace, where there are new ones
  SensorCounts counts;                    // of all namespaces since the start
  IncompleteList losses;                  // of detectors
};

Result<std::string> capture_packets(system::sandbox::WorkerSide& side);  // a WorkerBody

template <class A, wire::Is<CaptureOrder> T>
void describe(A& a, T& v) {
  a.member("detectors", v.detectors);
  a.member("flows", v.flows);
  a.member("head_bytes", v.head_bytes);
  a.member("reassembly_bytes", v.reassembly_bytes);
  a.member("tcp_idle_seconds", v.tcp_idle_seconds);
  a.member("udp_idle_seconds", v.udp_idle_seconds);
}
template <class A, wire::Is<CapturedFlow> T>
void describe(A& a, T& v) {
  a.member("name_space", v.name_space);
  a.member("flow", v.flow);
}
template <class A, wire::Is<CapturedFinding> T>
void describe(A& a, T& v) {
  a.member("name_space", v.name_space);
  a.member("finding", v.finding);
}
template <class A, wire::Is<CaptureNews> T>
void describe(A& a, T& v) {
  a.member("flows", v.flows);
  a.member("findings", v.findings);
  a.member("counts", v.counts);
  a.member("losses", v.losses);
}

}  // namespace plimsoll::network
