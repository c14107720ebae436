#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/incomplete.h"
#include "model/update_policy.h"
#include "threatdb/threatdb.h"

namespace plimsoll::threatdb {

struct UpdateSettings {
  UpdatePolicy policy;
  std::string from;                     // a mirror's folder or URL in place of the policy's; empty: the policy's
  std::vector<std::string> ecosystems;  // to fetch; "Debian:12" means "Debian"
  bool named = false;                   // somebody asked for just these: one that OSV does not have is a failure
  bool all = false;                     // every ecosystem that the source lists
  bool nvd = false;                     // also CVSS from the NVD API
  system::sandbox::Sandbox* sandbox = nullptr;  // where the database is built from the feeds; null: in this process
  // Heard while working: what is being fetched, its bytes so far and of how many (0: not known).
  std::function<void(const std::string& what, uint64_t done, uint64_t total)> progress;
};

// One source after an update: fresh, or as it was, with the reason.
struct SourceState {
  std::string name;  // "osv/Debian", "kev", "epss", "cvss"
  bool changed = false, failed = false;
  uint64_t records = 0;  // now in the cache
  std::string told;      // how it came, or why not
};

struct UpdateReport {
  std::vector<SourceState> sources;
  IncompleteList failed;  // sources and single records that did not come; the old ones are kept
  uint64_t received = 0;  // bytes from the network
};

// The folder of the feeds beside a database: "feeds".
std::string feeds_folder(const std::string& db_path);

// Brings the feeds in `folder` up to date, each for itself: what fails is named and left as it was. An error when
// another update runs there (conflict) or the folder can not be written.
Result<UpdateReport> update_feeds(const std::string& folder, const UpdateSettings& settings);

// The same for the folder beside `db_path`, then the database is built from it. Ecosystems that the database holds
// are fetched, too. `built` has no value when the database was left as it was; then `failed` says why.
struct DatabaseUpdate {
  UpdateReport feeds;
  std::optional<ImportReport> built;
};
Result<DatabaseUpdate> update_database(const std::string& db_path, UpdateSettings settings);

}  // namespace plimsoll::threatdb
