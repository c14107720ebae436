#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/incomplete.h"
#include "model/threat.h"

namespace plimsoll::feed {

enum class EventKind { introduced, fixed, last_affected, limit };
struct RangeEvent {
  EventKind kind = EventKind::introduced;
  std::string version;  // "0" with introduced = since ever
};
struct AffectedRange {
  bool semver = false;  // type SEMVER (else ECOSYSTEM); GIT ranges are dropped by the parser
  std::vector<RangeEvent> events;
};
struct AffectedPackage {
  std::string ecosystem;  // as written: "Debian:12", "npm"
  std::string name;       // as written
  std::string purl;       // may be empty
  std::vector<AffectedRange> ranges;
  std::vector<std::string> versions;
  std::vector<Severity> severities;   // affected[].severity and ecosystem_specific severity words
  std::vector<std::string> fixed_in;  // database_specific.fixed_in (RetireNet), only for the remedy
};

// One OSV record: https://ossf.github.io/osv-schema/ 1.6 and 1.7.
struct Advisory {
  std::string id;
  std::optional<Instant> modified, published, withdrawn;
  std::vector<std::string> aliases, upstream, related;
  std::string summary;
  std::vector<Severity> severities;  // vectors scored by cvss.h; also database_specific severity words and numbers
  std::vector<AffectedPackage> affected;
  std::vector<std::string> references;
  bool informational = false;  // RustSec notices (unmaintained, unsound): no vulnerability
};

struct KnownExploited {
  std::string cve;
  std::string due_date;
  bool ransomware = false;
  std::string name;
};
struct EpssScore {
  std::string cve;
  float probability = 0;
  float percentile = 0;
};
struct EpssFile {
  std::optional<Instant> date;
  std::string model;
  std::vector<EpssScore> scores;
};
struct CveSeverity {
  std::string cve;
  std::vector<Severity> severities;
};

// Parses one OSV record. `name` is only for errors. A record that breaks the schema is malformed; unknown fields are
// skipped. Reuses a parser: one OsvParser per thread.
class OsvParser {
 public:
  OsvParser();
  ~OsvParser();
  Status parse(std::string_view json, std::string_view name, Advisory& into);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Result<std::vector<KnownExploited>> parse_kev(std::string_view json, std::optional<Instant>* date);
Result<EpssFile> parse_epss(std::string_view csv_or_gzip);
// One JSON object a line (plain or gzip); broken lines are counted in `skipped`.
Result<std::vector<CveSeverity>> parse_cvss_lines(std::string_view lines_or_gzip, IncompleteList& skipped);

// Reads a zip archive held in memory (memory-mapped): calls `each` for every entry, by index range, so that two threads
// can share one archive. Stored and deflated entries, zip64; bounded: entry size, ratio, CRC checked; names never used
// as paths.
class ZipReader {
 public:
  static Result<ZipReader> open(std::string_view bytes);
  size_t entries() const;
  std::string_view name(size_t index) const;
  uint64_t size(size_t index) const;                   // uncompressed, as declared (and enforced)
  Status read(size_t index, std::string& into) const;  // thread-safe; `into` is overwritten

  ZipReader(ZipReader&&) noexcept;
  ZipReader& operator=(ZipReader&&) noexcept;
  ~ZipReader();

 private:
  struct State;
  explicit ZipReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace plimsoll::feed
