#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "feed/advisory.h"
#include "model/report.h"
#include "threatdb/format.h"
#include "threatdb/shard.h"

namespace plimsoll::threatdb {

// The feeds that are joined by CVE, and what is told about where everything came from.
struct Feeds {
  std::vector<feed::KnownExploited> exploited;
  feed::EpssFile epss;
  std::vector<feed::CveSeverity> cvss;
  std::vector<DbSource> sources;
};

// All sections of a file, in memory.
struct Image {
  std::string strings;
  StringPool more_strings;  // follow `strings`
  std::vector<uint32_t> lists, links;
  std::vector<RecordRow> records;
  std::vector<ThreatRow> threats;
  std::vector<OpinionRow> opinions;
  std::vector<AffectedRow> affected;
  std::vector<EventRow> events;
  std::vector<PackageRow> packages;
  std::vector<SlotRow> package_slots, id_slots;
  std::vector<IdRow> ids;
  std::vector<EcosystemRow> ecosystems;
  std::vector<SourceRow> sources;
  uint32_t epss_date = 0;

  std::string_view text(uint32_t reference) const;
  uint32_t add_text(std::string_view text);
};

// Joins what the threads gathered: one row numbering, records of one id once (the latest modified), packages indexed.
// limit: more text than one file can hold.
Result<Image> join_shards(std::vector<Shard> shards);

// Finds which records speak of one vulnerability (docs/threatdb-format.md, "Merging") and makes the threats and ids.
void merge_threats(Image& image);

// Adds KEV, EPSS and CVSS to the threats of their CVEs, and the sources.
void join_feeds(Image& image, const Feeds& feeds);

// A hash table of `slots` rows for keys with these hashes, row by row.
std::vector<SlotRow> make_slots(const std::vector<uint64_t>& hashes);

// One running import per database file; conflict when another holds it. Released on destruction.
class ImportLock {
 public:
  static Result<ImportLock> take(const std::string& path);
  ImportLock(ImportLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  ImportLock& operator=(ImportLock&&) = delete;
  ~ImportLock();

 private:
  explicit ImportLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// Writes the file to an open descriptor; `path` is its name in messages.
Status write_image(const Image& image, const std::string& path, int descriptor, Instant built_at);

// A file beside `path`, to be filled by anybody and then renamed over it. Without replace() it is removed. Hold the
// lock.
class NewFile {
 public:
  static Result<NewFile> beside(const std::string& path);
  NewFile(NewFile&& other) noexcept
      : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();
  int descriptor() const { return descriptor_; }
  Status replace();  // synced first

 private:
  NewFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  std::string path_;  // of the file to be replaced
  int descriptor_;
};

}  // namespace plimsoll::threatdb
