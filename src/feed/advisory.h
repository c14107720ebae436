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

// One OSV record: https://ossf.github.io/osv-schema/ 1.6 and 1.7. Its strings are the source's own bytes (UTF-8, at
// most 4 KiB each; the summary is cut to 1000): print them through printable() only. The source of every severity is
// `id`. An affected entry that names only a repository (GIT) is left out; a GIT range beside a package is dropped.
struct Advisory {
  std::string id;
  std::optional<Instant> modified, published, withdrawn;
  std::vector<std::string> aliases, upstream, related;
  std::string summary;
  std::vector<Severity> severities;  // vectors scored by cvss.h; also database_specific severity words and numbers
  std::vector<AffectedPackage> affected;
  std::vector<std::string> references;
  bool informational = false;  // every package carries a RustSec notice (unmaintained, unsound): no vulnerability
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
// skipped. Reuses a parser: one OsvParser per thread. `into` may hold an earlier record, whose memory is used again;
// after a failure it holds something unspecified. Larger than 16 MiB or a million items is ErrorKind::limit.
class OsvParser {
 public:
  OsvParser();
  ~OsvParser();
  Status parse(std::string_view json, std::string_view name, Advisory& into);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// CISA's catalogue; `date` (may be null) becomes its release date, nothing when it states none.
Result<std::vector<KnownExploited>> parse_kev(std::string_view json, std::optional<Instant>* date);
// FIRST's file, plain or gzip. A broken line is malformed and named: a list with holes would look whole.
Result<EpssFile> parse_epss(std::string_view csv_or_gzip);
// One JSON object a line (plain or gzip); broken lines are counted in `skipped`.
Result<std::vector<CveSeverity>> parse_cvss_lines(std::string_view lines_or_gzip, IncompleteList& skipped);

// Reads a zip archive held in memory (memory-mapped), which must outlive it; entries by index, so that several threads
// can share one archive. Stored and deflated entries, zip64, data descriptors. open() refuses an archive whose
// directory lies: cut short, entries that overlap, are named twice or have no header, a part of a set. read() refuses a
// single entry that is encrypted, larger than 64 MiB, packed too well to be true, or has a wrong size or checksum; the
// others stay readable. Names are the archive's own bytes: never paths, and only printable() on a terminal.
class ZipReader {
 public:
  static Result<ZipReader> open(std::string_view bytes);
  size_t entries() const;
  std::string_view name(size_t index) const;
  uint64_t size(size_t index) const;                   // uncompressed, as declared (and enforced)
  Status read(size_t index, std::string& into) const;  // thread-safe; `into` is overwritten
  // An entry as it lies in the archive, to be put into another one unread (zip_writer.h).
  struct Packed {
    std::string_view data;
    uint64_t size = 0;
    uint32_t crc = 0;
    uint16_t method = 0, flags = 0;
  };
  Packed packed(size_t index) const;

  ZipReader(ZipReader&&) noexcept;
  ZipReader& operator=(ZipReader&&) noexcept;
  ~ZipReader();

 private:
  struct State;
  explicit ZipReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace plimsoll::feed
