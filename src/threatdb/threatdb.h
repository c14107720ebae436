#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/incomplete.h"
#include "model/inventory.h"
#include "model/report.h"
#include "model/threat.h"

namespace plimsoll::system::sandbox {
class Sandbox;
}

namespace plimsoll::threatdb {

// What kind of asset the inventory belongs to: decides what happens to kernel packages.
struct MatchContext {
  AssetKind asset = AssetKind::image;
  std::string running_kernel;  // uname -r; hosts only
};

struct Matches {
  std::vector<Threat> threats;  // worst first; one per (vulnerability, package)
  IncompleteList not_assessed;  // packages without an ecosystem or advisories, versions that cannot be compared
};

// The threat database: one file, memory-mapped read-only (docs/threatdb-format.md). Thread-safe.
class ThreatDb {
 public:
  // malformed: damaged, truncated or another format version; the message is one sentence with the remedy.
  static Result<ThreatDb> open(const std::string& path);
  // Over an image of the starter pack that outlives it (threatdb/starter.h): its info says `starter_pack`, and every
  // match and query carries what lies beyond it as not assessed.
  static Result<ThreatDb> starter_pack(std::string_view image);
  ThreatDb(ThreatDb&&) noexcept;
  ThreatDb& operator=(ThreatDb&&) noexcept;
  ~ThreatDb();

  const ThreatDbInfo& info() const;
  // Threats of every package; kernel vulnerabilities only for a host, once, by its running kernel's package.
  Result<Matches> match(const Inventory& inventory, const MatchContext& context) const;
  // One record by any of its ids, as JSON text for people; not_found when no record has it.
  Result<std::string> show(std::string_view id) const;
  // Advisories that match one package URL (its version must be given).
  Result<Matches> query(std::string_view purl) const;

 private:
  struct State;
  explicit ThreatDb(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct ImportReport {
  ThreatDbInfo info;
  uint64_t json_bytes = 0;
  IncompleteList skipped;  // records that could not be read, each named
};

// Where a database is when nobody says: PLIMSOLL_DB, /var/lib/plimsoll/threats.db as root, else XDG_DATA_HOME/plimsoll.
std::string default_path();

// The feeds are parsed by a worker of `sandbox`, or in this process where it is null.

// Builds `path` from a mirror: a local directory, or http(s):// or file:// URL with the same layout. Built beside, then
// renamed.
Result<ImportReport> import_mirror(const std::string& from, const std::string& path,
                                   system::sandbox::Sandbox* sandbox = nullptr);

// Builds `path` from single OSV JSON files or zips of them (a KEV, EPSS or CVSS file is recognised by its content).
Result<ImportReport> import_files(const std::vector<std::string>& files, const std::string& path,
                                  system::sandbox::Sandbox* sandbox = nullptr);

}  // namespace plimsoll::threatdb
