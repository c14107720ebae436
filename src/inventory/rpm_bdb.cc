#include <fmt/format.h>

#include "base/bytes.h"
#include "inventory/rpm_database.h"
#include "inventory/rpm_header.h"

namespace plimsoll::inventory {
namespace {

// Berkeley DB's hash file (dbinc/db_page.h): a meta page, then pages of one size. Numbers are in the byte order of the
// machine that wrote it.
constexpr uint32_t hash_magic = 0x00061561;
constexpr size_t meta_size = 512, page_head = 26;
constexpr uint8_t page_hash_unsorted = 2, page_overflow = 7, page_hash = 13;  // page types
constexpr uint8_t item_inline = 1, item_overflow = 3;                         // item types
constexpr size_t max_blob = size_t{256} << 20;

class BdbFile {
 public:
  static Result<BdbFile> open(std::string_view bytes) {
    BdbFile out(bytes);
    if (bytes.size() < meta_size) return Error{ErrorKind::malformed, "is not a Berkeley DB file"};
    if (out.u32(12) != hash_magic) out.swapped_ = true;
    if (out.u32(12) != hash_magic) return Error{ErrorKind::malformed, "is not a Berkeley DB hash file"};
    out.page_size_ = out.u32(20);
    if (out.page_size_ < 512 || out.page_size_ > 65'536 || (out.page_size_ & (out.page_size_ - 1)) != 0)
      return Error{ErrorKind::malformed, "has an impossible page size"};
    if (bytes[24] != 0) return Error{ErrorKind::unsupported, "is encrypted"};
    out.last_page_ = out.u32(32);
    return out;
  }

  uint64_t pages() const { return uint64_t{last_page_} + 1; }
  uint64_t pages_there() const { return bytes_.size() / page_size_; }

  // A whole page; empty when outside the file.
  std::string_view page(uint64_t number) const {
    if (number >= pages_there()) return {};
    return bytes_.substr(static_cast<size_t>(number) * page_size_, page_size_);
  }
  uint32_t page_size() const { return page_size_; }

  uint16_t u16(std::string_view page, size_t at) const {
    ByteReader reader(page);
    if (!reader.seek(at)) return 0;
    return (swapped_ ? reader.u16be() : reader.u16le()).value_or(0);
  }
  uint32_t u32(std::string_view page, size_t at) const {
    ByteReader reader(page);
    if (!reader.seek(at)) return 0;
    return (swapped_ ? reader.u32be() : reader.u32le()).value_or(0);
  }

 private:
  explicit BdbFile(std::string_view bytes) : bytes_(bytes) {}
  uint32_t u32(size_t at) const { return u32(bytes_, at); }

  std::string_view bytes_;
  bool swapped_ = false;
  uint32_t page_size_ = 0, last_page_ = 0;
};

uint8_t type_of(std::string_view page) { return static_cast<uint8_t>(page[25]); }

// A value spread over a chain of overflow pages. `budget` bounds the pages of all chains together, so that a forged
// file whose chains share pages or turn in a ring ends.
Result<std::string> overflow_value(const BdbFile& file, uint32_t number, uint32_t length, uint64_t& budget) {
  const Error broken{ErrorKind::malformed, "an overflow page is broken"};
  if (length > max_blob) return Error{ErrorKind::limit, "a value is too long"};
  std::string out;
  while (number != 0 && out.size() < length) {
    if (budget == 0) return Error{ErrorKind::limit, "its overflow pages turn in a ring"};
    --budget;
    const std::string_view page = file.page(number);
    if (page.empty() || type_of(page) != page_overflow) return broken;
    const size_t used = file.u16(page, 22);
    if (used == 0 || page_head + used > page.size()) return broken;
    out += page.substr(page_head, used);
    number = file.u32(page, 16);
  }
  if (out.size() != length) return broken;
  return out;
}

// One item of a hash page; `end` is where the item before it begins.
Result<std::string> item_value(const BdbFile& file, std::string_view page, size_t begin, size_t end, uint64_t& budget) {
  const Error broken{ErrorKind::malformed, "a hash page is broken"};
  if (begin < page_head || begin >= page.size() || end > page.size() || begin >= end) return broken;
  const auto kind = static_cast<uint8_t>(page[begin]);
  if (kind == item_inline) return std::string(page.substr(begin + 1, end - begin - 1));
  if (kind != item_overflow || begin + 12 > page.size()) return broken;
  return overflow_value(file, file.u32(page, begin + 4), file.u32(page, begin + 8), budget);
}

struct Reading {
  RpmBlobs& blobs;
  uint64_t budget;
  size_t broken = 0;
  bool full = false;
};

// Items come in pairs, key then value; the key 0 holds rpm's counter and is no package.
void read_hash_page(const BdbFile& file, std::string_view page, Reading& reading) {
  const size_t items = file.u16(page, 20);
  if (page_head + items * 2 > page.size()) {
    ++reading.broken;
    return;
  }
  const auto offset = [&](size_t i) -> size_t { return file.u16(page, page_head + i * 2); };
  for (size_t i = 0; i + 1 < items && !reading.full; i += 2) {
    const size_t before = i == 0 ? page.size() : offset(i - 1);
    const auto key = item_value(file, page, offset(i), before, reading.budget);
    if (key.ok() && *key == std::string_view("\0\0\0\0", 4)) continue;
    const auto value = item_value(file, page, offset(i + 1), offset(i), reading.budget);
    if (!value.ok())
      ++reading.broken;
    else
      reading.full = !reading.blobs.take(*value);
  }
}

}  // namespace

Result<Found> parse_rpm_bdb(std::string_view bytes, const FileSink& files) {
  PLIMSOLL_TRY(file, BdbFile::open(bytes));
  Found found;
  RpmBlobs blobs(bytes.size(), found, files);
  Reading reading{blobs, file.pages_there() + 16};
  for (uint64_t number = 1; number < file.pages_there() && !reading.full; ++number) {
    const std::string_view page = file.page(number);
    if (type_of(page) == page_hash || type_of(page) == page_hash_unsorted) read_hash_page(file, page, reading);
  }
  blobs.finish();
  if (reading.broken > 0)
    not_assessed(found, fmt::format("{} entries", reading.broken), "broken pages: packages may be missing");
  if (file.pages() > file.pages_there()) not_assessed(found, "the rest of the file", "the file is cut short");
  return found;
}

}  // namespace plimsoll::inventory
