#include "feed/zip_writer.h"

#include <limits>

#include "feed/deflate.h"
#include "feed/inflate.h"

namespace plimsoll::feed {
namespace {

constexpr uint16_t kVersion = 20, kVersion64 = 45;    // needed to extract; zip64 needs 4.5
constexpr uint16_t kDate = (46 << 9) | (1 << 5) | 1;  // 2026-01-01, at midnight
constexpr uint16_t kNameIsUtf8 = 1 << 11;
constexpr uint64_t kMax = std::numeric_limits<uint32_t>::max() - 1;

void put(std::string& to, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to += static_cast<char>(i < 8 ? (value >> (8 * i)) & 0xff : 0);
}

// The fields that a local header and its entry in the directory share, 4.3.7 and 4.3.12.
std::string common_fields(std::string_view name, const ZipReader::Packed& entry) {
  std::string out;
  put(out, kVersion, 2);
  put(out, entry.flags & kNameIsUtf8, 2);  // the sizes stand in front: no data descriptor follows
  put(out, entry.method, 2);
  put(out, 0, 2);
  put(out, kDate, 2);
  put(out, entry.crc, 4);
  put(out, entry.data.size(), 4);
  put(out, entry.size, 4);
  put(out, name.size(), 2);
  put(out, 0, 2);
  return out;
}

}  // namespace

void ZipWriter::add(std::string_view name, const ZipReader::Packed& entry) {
  if (name.size() > 0xffff || entry.size > kMax || body_.size() + entry.data.size() > kMax) too_large_ = true;
  if (too_large_) return;
  const std::string common = common_fields(name, entry);
  put(directory_, 0x02014b50, 4);
  put(directory_, kVersion, 2);
  directory_ += common;
  put(directory_, 0, 2 + 2 + 2 + 4);  // comment, disk, internal and external attributes
  put(directory_, body_.size(), 4);
  directory_ += name;
  put(body_, 0x04034b50, 4);
  body_ += common;
  body_ += name;
  body_ += entry.data;
  ++entries_;
}

void ZipWriter::add(std::string_view name, std::string_view text) {
  const std::string packed = deflated(text);
  const bool smaller = !packed.empty() && packed.size() < text.size();
  add(name, {smaller ? std::string_view(packed) : text, text.size(), crc32_of(text),
             static_cast<uint16_t>(smaller ? 8 : 0), 0});
}

Result<std::string> ZipWriter::finish() {
  const uint64_t start = body_.size(), end = start + directory_.size();
  if (too_large_ || end > kMax) return Error{ErrorKind::limit, "the zip archive would be larger than 4 GiB"};
  std::string out = std::move(body_);
  out += directory_;
  const bool large = entries_ >= 0xffff;
  if (large) {
    put(out, 0x06064b50, 4);
    put(out, 44, 8);  // bytes of this record that follow
    put(out, kVersion64, 2);
    put(out, kVersion64, 2);
    put(out, 0, 4 + 4);
    put(out, entries_, 8);
    put(out, entries_, 8);
    put(out, directory_.size(), 8);
    put(out, start, 8);
    put(out, 0x07064b50, 4);
    put(out, 0, 4);
    put(out, end, 8);
    put(out, 1, 4);
  }
  put(out, 0x06054b50, 4);
  put(out, 0, 2 + 2);
  put(out, large ? 0xffff : entries_, 2);
  put(out, large ? 0xffff : entries_, 2);
  put(out, directory_.size(), 4);
  put(out, start, 4);
  put(out, 0, 2);
  return out;
}

}  // namespace plimsoll::feed
