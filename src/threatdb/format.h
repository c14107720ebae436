#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <type_traits>

// The bytes of the threat database. The grammar in words: docs/threatdb-format.md. All numbers are little endian.
namespace plimsoll::threatdb {

static_assert(std::endian::native == std::endian::little, "rows are copied as they lie in memory");

inline constexpr std::array<char, 8> file_magic{'P', 'L', 'I', 'M', 'T', 'H', 'R', '\n'};
inline constexpr uint32_t format_version = 1;
inline constexpr uint64_t header_bytes = 4096;      // one page; the data begin here
inline constexpr uint64_t block_bytes = 64 * 1024;  // what one checksum covers
inline constexpr uint32_t none = 0xffffffff;        // "no string", "no row", "no number"

enum class Section : uint32_t {
  strings,        // u16 length (0xffff: u32 length follows), bytes
  lists,          // u32 string references
  links,          // u32 row numbers
  records,        // RecordRow, sorted by id
  threats,        // ThreatRow
  opinions,       // OpinionRow
  affected,       // AffectedRow, those of one package together
  events,         // EventRow
  packages,       // PackageRow
  package_slots,  // SlotRow, hash table over packages
  ids,            // IdRow
  id_slots,       // SlotRow, hash table over ids
  ecosystems,     // EcosystemRow, sorted by name
  sources,        // SourceRow
  count
};
inline constexpr size_t section_count = static_cast<size_t>(Section::count);

// A stretch of rows of another section.
struct Stretch {
  uint32_t first = 0, count = 0;
};

struct SectionPlace {
  uint64_t offset = 0, bytes = 0;
};

struct Header {
  std::array<char, 8> magic = file_magic;
  uint32_t version = format_version;
  uint32_t sections = section_count;
  uint64_t file_bytes = 0;
  uint64_t data_bytes = 0;       // from header_bytes on; the table of block checksums follows, 8 bytes each
  uint64_t table_checksum = 0;   // XXH3-64 of that table
  uint64_t header_checksum = 0;  // XXH3-64 of this header with this field 0
  uint64_t built_at = 0;         // seconds since 1970
  uint32_t epss_date = 0;        // 0: no EPSS
  uint32_t reserved = 0;
  uint64_t records = 0;
  std::array<SectionPlace, section_count> places;
};
static_assert(sizeof(Header) <= header_bytes && std::is_trivially_copyable_v<Header>);

enum RecordFlag : uint32_t { record_withdrawn = 1, record_notice = 2, record_bundle = 4 };
enum ThreatFlag : uint32_t { threat_exploited = 1, threat_ransomware = 2 };
enum EventFlag : uint32_t { event_kind_mask = 3, event_semver = 4, event_opens_range = 8 };

struct RecordRow {
  uint32_t id = none, summary = none;
  uint32_t modified = 0, published = 0, withdrawn = 0;  // seconds since 1970; 0: not said
  uint32_t flags = 0;
  Stretch aliases, upstream, related, references;  // lists
  Stretch opinions;                                // opinions
  Stretch affected;                                // links to affected
  Stretch threats;                                 // links to threats
};

struct ThreatRow {
  uint32_t id = none, title = none;
  uint32_t flags = 0;
  uint32_t epss = none, percentile = none;  // bits of a float
  uint32_t exploited_due = none;            // KEV: date of the order, as written
  Stretch aliases;                          // lists
  Stretch records;                          // links to records
  Stretch opinions;                         // of the CVSS feed
};

struct OpinionRow {
  uint32_t level = 0;     // SeverityLevel
  uint32_t score = none;  // bits of a float
  uint32_t vector = none, source = none;
};

struct AffectedRow {
  uint32_t record = none, package = none;
  Stretch events;              // events
  Stretch versions, fixed_in;  // lists
  Stretch opinions;            // opinions
};

struct EventRow {
  uint32_t flags = 0;  // EventKind, event_semver, event_opens_range
  uint32_t version = none;
};

struct PackageRow {
  uint32_t ecosystem = none, name = none;  // the name normalised as names.h says
  Stretch affected;
};

struct SlotRow {
  uint32_t tag = 0;     // upper half of the key's hash
  uint32_t row = none;  // none: free
};

struct IdRow {
  uint32_t id = none;
  uint32_t record = none;  // the record of that id, if it is one
  Stretch threats;         // links to threats
};

struct EcosystemRow {
  uint32_t name = none, packages = 0;
};

struct SourceRow {
  uint32_t name = none, records = 0, date = 0, reserved = 0;
};

// The bytes each row takes: what the reader multiplies with.
static_assert(sizeof(RecordRow) == 80 && sizeof(ThreatRow) == 48 && sizeof(OpinionRow) == 16);
static_assert(sizeof(AffectedRow) == 40 && sizeof(EventRow) == 8 && sizeof(PackageRow) == 16);

// Recomputes every checksum of a whole file held in memory: for the writer's tests and the fuzzer, which must get
// past the checksums. Leaves alone what is too short to hold a header.
void reseal(std::string& file);

}  // namespace plimsoll::threatdb
