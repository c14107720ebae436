#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "feed/advisory.h"
#include "threatdb/format.h"

namespace plimsoll::threatdb {

// For hash tables of texts: std::hash of 2022's libstdc++ takes several times as long.
struct TextHash {
  size_t operator()(std::string_view text) const;
};

// Strings of the file under construction, each kept once. References stay good while it grows.
class StringPool {
 public:
  uint32_t add(std::string_view text);  // `none` for an empty text
  std::string_view text(uint32_t reference) const;
  const std::string& bytes() const { return bytes_; }
  bool overflowed() const { return overflowed_; }

 private:
  void grow();
  struct Slot {
    uint64_t hash = 0;
    uint32_t reference = none;
  };
  std::string bytes_;
  std::vector<Slot> slots_;
  size_t used_ = 0;
  bool overflowed_ = false;
};

// What one importing thread has gathered, in the rows of the file, numbered from 0. Not thread-safe.
struct Shard {
  StringPool strings;
  std::vector<uint32_t> lists;
  std::vector<RecordRow> records;     // `affected` is a stretch of the rows below, in place of links
  std::vector<AffectedRow> affected;  // `package` is an index into `packages`
  std::vector<EventRow> events;
  std::vector<OpinionRow> opinions;
  struct PackageKey {
    uint64_t hash = 0;
    uint32_t ecosystem = none, name = none;
  };
  std::vector<PackageKey> packages;

  void add(const feed::Advisory& advisory);

 private:
  Stretch add_list(const std::vector<std::string>& texts);
  Stretch add_opinions(const std::vector<Severity>& severities, std::string_view source);
  Stretch add_events(const std::vector<feed::AffectedRange>& ranges);
  uint32_t add_package(const std::string& ecosystem, const std::string& name);
  std::vector<uint32_t> package_slots_;
  std::string buffer_;
};

uint32_t seconds_of(const std::optional<Instant>& at);  // 0: none, or outside 1970 to 2106

}  // namespace plimsoll::threatdb
