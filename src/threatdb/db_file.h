#pragma once
#include <atomic>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "threatdb/format.h"

namespace plimsoll::threatdb {

// One database file, mapped read-only. A block's checksum is verified when it is first touched, so that opening costs
// nothing and damage is still never believed. Thread-safe. The mapping stays good when the path is renamed over; a
// file cut short in place while mapped is outside its promise.
class DbFile {
 public:
  static Result<std::unique_ptr<DbFile>> open(const std::string& path);
  // A whole file that is in memory for as long as this lives (the starter pack); `name` stands for its path.
  static Result<std::unique_ptr<DbFile>> over(std::string_view bytes, std::string name);
  ~DbFile();
  DbFile(const DbFile&) = delete;
  DbFile& operator=(const DbFile&) = delete;

  const Header& header() const { return header_; }
  const std::string& path() const { return path_; }
  // The sentence for a file that is not what was written.
  Error damaged(std::string_view where) const;

  // Bytes of a section; false when they are out of its bounds or their block is damaged.
  bool bytes(Section section, uint64_t offset, uint64_t length, std::string_view& into) const {
    const SectionPlace& place = header_.places[static_cast<size_t>(section)];
    if (offset > place.bytes || length > place.bytes - offset) return false;
    const uint64_t at = place.offset + offset;
    if (!verified(at, length)) return false;
    into = std::string_view(base_ + at, length);
    return true;
  }
  uint64_t section_bytes(Section section) const { return header_.places[static_cast<size_t>(section)].bytes; }

 private:
  DbFile() = default;
  Status begin();
  Status check_header() const;
  bool verified(uint64_t at, uint64_t length) const {
    if (length == 0) return true;
    const uint64_t first = (at - header_bytes) / block_bytes, last = (at + length - 1 - header_bytes) / block_bytes;
    for (uint64_t block = first; block <= last; ++block) {
      const uint64_t bit = uint64_t{1} << (block % 64);
      if ((good_[block / 64].load(std::memory_order_relaxed) & bit) == 0 && !verify(block)) return false;
    }
    return true;
  }
  bool verify(uint64_t block) const;

  std::string path_;
  const char* base_ = nullptr;
  bool mapped_ = false;  // by us: to be unmapped
  uint64_t size_ = 0;
  Header header_;
  mutable std::unique_ptr<std::atomic<uint64_t>[]> good_;  // one bit a block: seen and right
};

// Reads rows for one operation. The first thing that is out of bounds or damaged makes it bad for good: from then on
// every read yields nothing, loops end, and the caller reports damage() instead of its result.
class Reader {
 public:
  explicit Reader(const DbFile& file) : file_(file) {}

  bool good() const { return good_; }
  Error damage() const { return file_.damaged(where_); }
  const DbFile& file() const { return file_; }

  template <class Row>
  Row row(Section section, uint64_t number) {
    Row out{};
    std::string_view raw;
    if (!take(section, number * sizeof(Row), sizeof(Row), raw)) return out;
    std::memcpy(&out, raw.data(), sizeof(Row));
    return out;
  }
  // Row `index` of a stretch; check() the stretch first.
  template <class Row>
  Row row(Section section, const Stretch& stretch, uint32_t index) {
    return row<Row>(section, uint64_t{stretch.first} + index);
  }
  // The stretch, or an empty one (and a bad reader) when it does not lie inside its section.
  template <class Row>
  Stretch check(Section section, const Stretch& stretch) {
    const uint64_t rows = file_.section_bytes(section) / sizeof(Row);
    if (good_ && stretch.first <= rows && stretch.count <= rows - stretch.first) return stretch;
    fail(section);
    return {};
  }
  template <class Row>
  uint64_t rows(Section section) const {
    return file_.section_bytes(section) / sizeof(Row);
  }
  // The text of a string reference; empty for `none`.
  std::string_view text(uint32_t reference);
  // Entry `index` of a list of strings.
  std::string_view text_of(const Stretch& list, uint32_t index) {
    return text(row<uint32_t>(Section::lists, list, index));
  }

 private:
  bool take(Section section, uint64_t offset, uint64_t length, std::string_view& into) {
    if (good_ && file_.bytes(section, offset, length, into)) return true;
    fail(section);
    return false;
  }
  void fail(Section section);

  const DbFile& file_;
  bool good_ = true;
  std::string_view where_;
};

// Reference of a key of two parts in the hash tables.
uint64_t key_hash(std::string_view first, std::string_view second);

// The row that `same` accepts among the slots of `hash`, or none. `Same` is bool(uint32_t row).
template <class Same>
uint32_t find_slot(Reader& reader, Section slots, uint64_t hash, Same same) {
  const uint64_t count = reader.rows<SlotRow>(slots);
  if (count == 0 || (count & (count - 1)) != 0) return none;
  const auto tag = static_cast<uint32_t>(hash >> 32);
  for (uint64_t step = 0; step < count; ++step) {
    const auto slot = reader.row<SlotRow>(slots, (hash + step) & (count - 1));
    if (!reader.good() || slot.row == none) return none;
    if (slot.tag == tag && same(slot.row)) return slot.row;
  }
  return none;
}

}  // namespace plimsoll::threatdb
