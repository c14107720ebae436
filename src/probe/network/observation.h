#pragma once
#include <string>
#include <vector>

#include "model/ids.h"
#include "model/incomplete.h"
#include "network/detect/finding.h"
#include "network/flow_record.h"

namespace plimsoll::probe {

// A connection with the assets at its ends; empty: no asset of this machine. In an Observation connections that differ
// only in time and in the client's port (then 0) are one, counted.
struct SeenFlow {
  network::FlowRecord record;
  AssetId client, server;
  uint64_t connections = 1;
};

struct SeenFinding {
  network::Finding finding;
  AssetId source, target;  // empty: no asset of this machine
};

// One way to see connections, and whether it is in use.
struct SourceState {
  std::string name;  // "eBPF", "socket tables and connection tracking", "packet capture"
  bool in_use = false;
  std::string why_not;  // "" when in use
};

// What was seen on the network from `began` to `ended`. What was lost on the way is in not_assessed.
struct Observation {
  network::Time began{}, ended{};
  std::vector<SourceState> sources;
  std::vector<SeenFlow> flows;
  std::vector<SeenFinding> findings;
  IncompleteList not_assessed;
};

}  // namespace plimsoll::probe
