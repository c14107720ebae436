#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/assessment.h"
#include "model/asset.h"
#include "model/flow.h"
#include "model/ids.h"
#include "model/package.h"
#include "model/threat.h"

// What the journal keeps, as its readers see it.
namespace plimsoll::journal {

using Sequence = uint64_t;  // of an event: 1, 2, 3... without a hole

// ---- events: the chain ------------------------------------------------------------------------------------------

// Kinds that the journal itself writes (record(), mark_gone()); others are their writers' own words, as "auth.sign-in".
namespace event_kind {
inline constexpr const char* asset_appeared = "asset.appeared";    // {name, kind, score, level, counts}
inline constexpr const char* asset_gone = "asset.gone";            // {name, score}
inline constexpr const char* asset_returned = "asset.returned";    // {name}
inline constexpr const char* score_changed = "score.changed";      // {name, before, after, level}
inline constexpr const char* threats_changed = "threats.changed";  // {name, new, resolved, new_ids[<=50], resolved_ids}
inline constexpr const char* database_changed = "threat-db.changed";  // {built_at, records}
inline constexpr const char* trimmed = "journal.trimmed";             // {events, scores, flows, threats, assets}
}  // namespace event_kind

struct NewEvent {
  std::string kind;         // "auth.sign-in": words of [a-z0-9.-]
  std::string actor;        // "user:anna", "token:ci", "analyzer", "retention"
  AssetId subject;          // may be empty
  std::string body = "{}";  // one JSON object
  Instant at{};             // the epoch: now
};

struct Event {
  Sequence sequence = 0;
  Instant at{};
  std::string kind, actor;
  AssetId subject;
  std::string body;
  std::string previous_hash, hash;  // 64 hexadecimal digits; event_hash() of chain.h
  bool operator==(const Event&) const = default;
};

// Where the chain ended at one moment. Kept elsewhere (a log server, paper) it proves that nothing before was changed.
struct ChainHead {
  Sequence sequence = 0;  // 0: no event yet
  std::string hash;
  bool operator==(const ChainHead&) const = default;
};

struct Verification {
  Sequence first = 0, last = 0;  // the entries looked at
  uint64_t checkpoints = 0;      // signatures that hold
  ChainHead head;
  struct Fault {
    Sequence at = 0;
    std::string what;  // "entry 17 was changed: its hash is not that of its content"
  };
  std::vector<Fault> faults;  // the first 100; empty: whole
  bool whole() const { return faults.empty(); }
};

// ---- assets -----------------------------------------------------------------------------------------------------

// critical, high, medium, low, unknown
struct SeverityCounts {
  int critical = 0, high = 0, medium = 0, low = 0, unknown = 0;
  bool operator==(const SeverityCounts&) const = default;
};

struct AssetRow {
  Asset asset;
  std::string os;  // "debian 12"; empty: not known
  int score = 0;
  ThreatLevel level = ThreatLevel::minimal;
  SeverityCounts counts;
  size_t not_assessed = 0;     // parts that were not
  std::string details = "{}";  // one JSON object on one line: what lists show beside this (asset_details.h)
  Instant first_seen{}, last_seen{}, scanned_at{};
  std::optional<Instant> gone_at;
  bool operator==(const AssetRow&) const = default;
};

struct AssetDetail {
  AssetRow row;
  std::string report_json;  // an element of assets[] of plimsoll.report/1, with packages
  std::string inventory;    // hash of its inventory
};

struct ScorePoint {
  Instant at{};
  int score = 0;  // of a rolled-up time: the highest in it
  ThreatLevel level = ThreatLevel::minimal;
  bool operator==(const ScorePoint&) const = default;
};

// All assets together during one hour.
struct TrendPoint {
  Instant at{};                         // its beginning
  int worst_score = 0;                  // the highest of the hour
  std::string worst;                    // that asset's name
  std::map<ThreatLevel, int> by_level;  // assets, when it was written last
  bool operator==(const TrendPoint&) const = default;
};

// ---- threats ----------------------------------------------------------------------------------------------------

// One threat, whoever has it.
struct ThreatGroup {
  ThreatId id;
  ThreatKind kind = ThreatKind::vulnerability;
  std::string title;
  SeverityLevel level = SeverityLevel::unknown;
  std::optional<double> score;  // 0-10
  bool known_exploited = false;
  std::optional<double> epss;
  int assets = 0;                     // that have it now
  int fixable = 0;                    // of them, those for which a fix is known
  std::vector<std::string> packages;  // some that have it, at most 3
  std::string fixed_version;          // an example; empty: none is known
  int worst_score = 0;                // of the assets that have it
  std::string worst_asset;            // that one's name
  size_t worst_not_assessed = 0;      // parts of it that could not be assessed
  Instant first_seen{};
  bool operator==(const ThreatGroup&) const = default;
};

// One threat of one asset.
struct ThreatRow {
  ThreatId id;
  ThreatKind kind = ThreatKind::vulnerability;
  AssetId asset;
  std::string asset_name;
  int asset_score = 0;
  size_t asset_not_assessed = 0;  // parts of it that could not be assessed
  std::string title;
  bool known_exploited = false;
  std::optional<double> epss;
  SeverityLevel level = SeverityLevel::unknown;
  std::optional<double> score;
  std::string package, version, fixed_version;  // empty where it is of no package, or no fix is known
  Instant first_seen{}, last_seen{};
  std::optional<Instant> resolved_at;
  bool operator==(const ThreatRow&) const = default;
};

// ---- packages ---------------------------------------------------------------------------------------------------

// An asset that has a package.
struct PackageHolder {
  AssetId asset;
  std::string name;
  AssetKind kind = AssetKind::container;
  std::string node;
  int score = 0;
  ThreatLevel level = ThreatLevel::minimal;
  size_t not_assessed = 0;
  std::string version;  // which it has; empty where several are told as one
  bool operator==(const PackageHolder&) const = default;
};

// One package, in whatever version.
struct PackageGroup {
  PackageType type = PackageType::other;
  std::string name;
  int versions = 0;
  int assets = 0;                    // that have it, counted up to 1000
  bool more = false;                 // even more do
  std::vector<PackageHolder> worst;  // of them, at most 3; where more do, some of the worst that have it
  bool operator==(const PackageGroup&) const = default;
};

// ---- people -----------------------------------------------------------------------------------------------------

enum class Role { viewer, operator_, admin };

struct User {
  std::string name;  // unique
  Role role = Role::viewer;
  std::string secret_hash;  // as the server made it (Argon2id, encoded); empty: signs on elsewhere
  bool disabled = false;
  Instant created_at{};
  std::optional<Instant> last_sign_in;
  bool operator==(const User&) const = default;
};

// Only the hash of what the client holds is ever given to the journal.
struct Session {
  std::string hash;  // unique
  std::string user;
  Instant created_at{}, last_used{}, expires_at{};
  std::string from;  // address and client, for the person to recognise it
  bool operator==(const Session&) const = default;
};

struct ApiToken {
  std::string id;    // unique, public
  std::string hash;  // unique
  std::string user, label;
  Role scope = Role::viewer;
  Instant created_at{};
  std::optional<Instant> expires_at, last_used;
  bool operator==(const ApiToken&) const = default;
};

// ---- the whole --------------------------------------------------------------------------------------------------

struct Summary {
  int hosts = 0, containers = 0, images = 0;  // that are there
  int gone = 0;
  std::map<ThreatLevel, int> by_level;
  int worst_score = 0;
  AssetId worst;
  SeverityCounts threats;   // open ones, over all assets
  int known_exploited = 0;  // threats (groups) somebody has
  int not_assessed = 0;     // assets with parts not assessed
  Sequence newest_event = 0;
  bool operator==(const Summary&) const = default;
};

struct Health {
  bool writable = true;
  std::string fault;                // why not: "the disk is full"; the last failed write's reason
  std::optional<Instant> fault_at;  // cleared by the next write that succeeds
  std::string begun_anew;           // told when a damaged file was put aside: where it is now
  int schema = 0;
  uint64_t bytes = 0;    // on disk
  uint64_t waiting = 0;  // writes in the queue
  Sequence newest_event = 0;
  std::optional<Instant> oldest_event;
};

}  // namespace plimsoll::journal
