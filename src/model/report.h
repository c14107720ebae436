#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/assessment.h"
#include "model/asset.h"
#include "model/check.h"
#include "model/fact_tree.h"
#include "model/facts.h"
#include "model/flow.h"
#include "model/inventory.h"
#include "model/network_view.h"
#include "model/offered.h"
#include "model/sandbox.h"
#include "model/threat.h"

namespace plimsoll {

struct DbSource {
  std::string name;  // "osv/Debian", "kev", "epss", "cvss"
  uint64_t records = 0;
  std::optional<Instant> date;  // newest date inside the source
  bool operator==(const DbSource&) const = default;
};

// State of the threat database a report was made with; `present` is false when there was none.
struct ThreatDbInfo {
  bool present = false;
  std::string path;
  std::optional<Instant> built_at;
  uint64_t records = 0;
  std::vector<DbSource> sources;
  bool starter_pack = false;  // only what is built into the program: silence about a package means nothing
  bool operator==(const ThreatDbInfo&) const = default;
};

// A threat that somebody took the responsibility for: it is told, and no part of the score.
struct ExceptedThreat {
  Threat threat;
  std::string exception;  // its id
  std::string reason, owner;
  Instant expires_at{};
  bool operator==(const ExceptedThreat&) const = default;
};

// One asset with everything known of it. At most one of container and host is set.
struct AssetReport {
  Asset asset;
  std::optional<ContainerFacts> container;
  std::optional<HostFacts> host;
  FactTree settings;  // what the benchmark rules read (docs/benchmark-rules.md); absent when nothing was probed
  std::optional<OsRelease> os;
  std::vector<Package> packages;
  Offered offered;              // what its repositories offer for its packages
  std::vector<Threat> threats;  // worst first
  std::vector<ExceptedThreat> excepted;
  std::vector<CheckResult> checks;  // in the order of the rules; runtime rows stand with the host
  Assessment assessment;
  Instant scanned_at{};
  bool operator==(const AssetReport&) const = default;
};

// One thing to do, and what it brings.
struct FixAction {
  std::string id;      // stable: "upgrade:deb/openssl", "route:esc.privileged"
  std::string kind;    // "upgrade", "patch-host", "setting", "exposure"
  std::string title;   // "Upgrade openssl to 3.0.17-1 in image web:1"
  std::string remedy;  // what exactly to do
  struct Fall {
    AssetId asset;
    std::string name;
    int before = 0, after = 0;
    bool operator==(const Fall&) const = default;
  };
  std::vector<Fall> falls;  // largest first
  int total_fall = 0;       // sum over assets
  std::vector<ThreatId> removes;
  bool operator==(const FixAction&) const = default;
};

// What the first so many fixes of the list bring when all of them are done: worked out as a whole, as falls of single
// ones do not add up.
struct FixesTogether {
  size_t fixes = 0;
  int worst_before = 0, worst_after = 0;  // the highest score of all assets
  int total_fall = 0;
  std::vector<FixAction::Fall> falls;  // largest first, at most 20
  bool operator==(const FixesTogether&) const = default;
};

// The assessed world at one moment: what every renderer reads.
struct Report {
  Instant generated_at{};
  std::string tool_version;
  ThreatDbInfo threat_db;
  std::vector<AssetReport> assets;  // highest score first, then by name
  std::vector<Flow> flows;
  NetworkView network;
  std::vector<FixAction> fixes;         // largest total fall first
  std::vector<FixesTogether> together;  // of the first one, of the first two... at most 10
  std::vector<BenchmarkRate> benchmarks;
  IncompleteList incomplete;  // of the whole run; those of an asset stand with the asset
  SandboxReport sandbox;      // of the workers that parsed what it was made from
  bool operator==(const Report&) const = default;
};

}  // namespace plimsoll
