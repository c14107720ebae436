// The zip format: PKWARE's APPNOTE 6.3 (sections 4.3 and 4.5.3). Only the central directory is trusted to say what is
// in the archive, and only after it has been checked against the local headers: each entry has its own bytes, in front
// of the directory, shared with no other. Sizes in local headers and data descriptors are not needed.
#include <algorithm>
#include <unordered_set>

#include "base/bytes.h"
#include "base/text.h"
#include "feed/advisory.h"
#include "feed/inflate.h"

namespace plimsoll::feed {
namespace {

constexpr uint32_t kLocalHeader = 0x04034b50, kDirectoryHeader = 0x02014b50, kDirectoryEnd = 0x06054b50;
constexpr uint32_t kDirectoryEnd64 = 0x06064b50, kLocator64 = 0x07064b50;
constexpr size_t kDirectoryEndSize = 22, kLocator64Size = 20, kDirectoryEnd64Size = 56, kDirectoryHeaderSize = 46;
constexpr size_t kMaxName = 4096;
constexpr uint64_t kMaxEntries = 2000000;  // the largest archive of the OSV bucket has about 250,000
constexpr uint64_t kMaxEntry = uint64_t{64} << 20;
// Advisory texts deflate by about 10; past this an entry is a bomb (deflate itself ends at 1032). Small ones may.
constexpr uint64_t kMaxRatio = 250, kRatioFrom = uint64_t{1} << 20;
constexpr uint16_t kStored = 0, kDeflated = 8;
constexpr uint16_t kEncrypted = 1, kStrongEncryption = 1 << 6, kMaskedHeaders = 1 << 13;

struct Entry {
  std::string_view name;
  std::string_view data;  // as stored
  uint64_t header = 0;    // offset of the local header
  uint64_t packed = 0, size = 0;
  uint32_t crc = 0;
  uint16_t method = 0, flags = 0;
};

struct Directory {
  uint64_t offset = 0, size = 0, entries = 0;
};

Error broken(std::string why) { return Error{ErrorKind::malformed, "zip archive: " + std::move(why)}; }

std::string quoted(std::string_view name) { return "\"" + printable(name, 120) + "\""; }

// The zip64 end of directory, found through its locator right before the plain one.
Result<Directory> directory64(std::string_view bytes, size_t end) {
  ByteReader in(bytes);
  if (end < kLocator64Size || !in.seek(end - kLocator64Size) || in.u32le() != kLocator64) {
    return broken("the zip64 directory is missing");
  }
  const auto disk = in.u32le();
  const auto at = in.u64le();
  const auto disks = in.u32le();
  if (disk != 0 || !disks || *disks > 1) return broken("it is a part of a set of several files");
  if (!at || *at > end - kLocator64Size || end - kLocator64Size - *at < kDirectoryEnd64Size || !in.seek(*at) ||
      in.u32le() != kDirectoryEnd64) {
    return broken("the zip64 directory is not where its locator says");
  }
  (void)in.skip(8 + 2 + 2);  // record size, versions
  const auto this_disk = in.u32le(), first_disk = in.u32le();
  const auto here = in.u64le(), total = in.u64le(), size = in.u64le(), offset = in.u64le();
  if (!offset) return broken("the zip64 directory is cut short");
  if (this_disk != 0 || first_disk != 0 || here != total) return broken("it is a part of a set of several files");
  return Directory{*offset, *size, *total};
}

// The end of the central directory: the last record whose comment reaches exactly to the end of the file.
Result<Directory> find_directory(std::string_view bytes) {
  constexpr size_t kMaxComment = 65535;
  if (bytes.size() < kDirectoryEndSize) return broken("too short");
  const size_t last = bytes.size() - kDirectoryEndSize;
  const size_t first = last > kMaxComment ? last - kMaxComment : 0;
  for (size_t at = last + 1; at-- > first;) {
    ByteReader in(bytes);
    if (!in.seek(at) || in.u32le() != kDirectoryEnd) continue;
    const auto disk = in.u16le(), first_disk = in.u16le(), here = in.u16le(), total = in.u16le();
    const auto size = in.u32le(), offset = in.u32le();
    const auto comment = in.u16le();
    if (!comment || *comment != in.remaining()) continue;
    if (*total == 0xffff || *size == 0xffffffff || *offset == 0xffffffff) return directory64(bytes, at);
    if (*disk != 0 || *first_disk != 0 || *here != *total) return broken("it is a part of a set of several files");
    if (uint64_t{*offset} + *size > at) return broken("the directory is not where the end of the file says");
    return Directory{*offset, *size, *total};
  }
  return broken("no directory at its end: the file is cut short or is not a zip archive");
}

// Replaces the sizes that say "see zip64" from the extra field (tag 1), in the order size, packed size, offset.
bool read_zip64(std::string_view extra, Entry& entry) {
  const bool size = entry.size == 0xffffffff, packed = entry.packed == 0xffffffff, header = entry.header == 0xffffffff;
  if (!size && !packed && !header) return true;
  ByteReader fields(extra);
  while (const auto tag = fields.u16le()) {
    const auto length = fields.u16le();
    const auto body = length ? fields.take(*length) : std::nullopt;
    if (!body) return false;
    if (*tag != 1) continue;
    ByteReader in(*body);
    for (auto [wanted, value] : {std::pair{size, &entry.size}, {packed, &entry.packed}, {header, &entry.header}}) {
      if (!wanted) continue;
      const auto number = in.u64le();
      if (!number) return false;
      *value = *number;
    }
    return true;
  }
  return false;
}

Result<Entry> read_directory_entry(ByteReader& in, uint64_t number) {
  const std::string place = "entry " + std::to_string(number) + " of the directory ";
  if (in.u32le() != kDirectoryHeader || !in.skip(4)) return broken(place + "is broken or missing");
  Entry entry;
  const auto flags = in.u16le(), method = in.u16le();
  const bool times = in.skip(4);
  const auto crc = in.u32le(), packed = in.u32le(), size = in.u32le();
  const auto name = in.u16le(), extra = in.u16le(), comment = in.u16le(), disk = in.u16le();
  const bool attributes = in.skip(6);
  const auto header = in.u32le();
  if (!times || !attributes || !header) return broken(place + "is cut short");
  const auto name_bytes = in.take(*name);
  const auto extra_bytes = in.take(*extra);
  if (!name_bytes || !extra_bytes || !in.skip(*comment)) return broken(place + "is cut short");
  if (*name == 0 || *name > kMaxName) return broken(place + "has no name or one that is too long");
  entry.name = *name_bytes;
  entry.flags = *flags;
  entry.method = *method;
  entry.crc = *crc;
  entry.packed = *packed;
  entry.size = *size;
  entry.header = *header;
  if (*disk != 0 && *disk != 0xffff) return broken(place + "lies in another file of a set");
  if (!read_zip64(*extra_bytes, entry)) return broken(place + "lacks its zip64 sizes");
  return entry;
}

// Finds the entry's bytes behind its local header; all of it must end before `end` (the next header or the directory).
Status locate(std::string_view bytes, uint64_t end, Entry& entry) {
  const auto fail = [&](std::string why) { return broken("entry " + quoted(entry.name) + " " + std::move(why)); };
  ByteReader in(bytes.substr(0, end));
  if (entry.header > end || !in.seek(entry.header) || in.u32le() != kLocalHeader || !in.skip(22)) {
    return fail("has no header where the directory says, or is cut short");
  }
  const auto name = in.u16le(), extra = in.u16le();
  const auto name_bytes = name && extra ? in.take(*name) : std::nullopt;
  if (!name_bytes || !in.skip(*extra)) return fail("overlaps what follows or is cut short");
  if (*name_bytes != entry.name) return fail("has another name in its own header: " + quoted(*name_bytes));
  const auto data = in.take(entry.packed);
  if (!data) return fail("overlaps what follows or is cut short");
  entry.data = *data;
  return Done{};
}

// Every entry gets bytes of its own: in the order of the file, each ends before the next one's header.
Status locate_all(std::string_view bytes, uint64_t directory, std::vector<Entry>& entries) {
  std::vector<Entry*> order;
  order.reserve(entries.size());
  for (auto& entry : entries) order.push_back(&entry);
  std::sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) { return a->header < b->header; });
  for (size_t i = 0; i < order.size(); ++i) {
    if (i + 1 < order.size() && order[i + 1]->header == order[i]->header) {
      return broken("entry " + quoted(order[i + 1]->name) + " overlaps " + quoted(order[i]->name));
    }
    PLIMSOLL_CHECK(locate(bytes, i + 1 < order.size() ? order[i + 1]->header : directory, *order[i]));
  }
  return Done{};
}

}  // namespace

struct ZipReader::State {
  std::vector<Entry> entries;
};

ZipReader::ZipReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
ZipReader::ZipReader(ZipReader&&) noexcept = default;
ZipReader& ZipReader::operator=(ZipReader&&) noexcept = default;
ZipReader::~ZipReader() = default;

Result<ZipReader> ZipReader::open(std::string_view bytes) {
  PLIMSOLL_TRY(directory, find_directory(bytes));
  if (directory.offset > bytes.size() || directory.size > bytes.size() - directory.offset ||
      directory.entries > directory.size / kDirectoryHeaderSize) {
    return broken("the directory does not fit into the file");
  }
  if (directory.entries > kMaxEntries) {
    return Error{ErrorKind::limit, "zip archive: more than " + std::to_string(kMaxEntries) + " entries"};
  }
  auto state = std::make_unique<State>();
  state->entries.reserve(directory.entries);
  std::unordered_set<std::string_view> names(directory.entries);
  ByteReader in(bytes.substr(directory.offset, directory.size));
  for (uint64_t i = 0; i < directory.entries; ++i) {
    PLIMSOLL_TRY(entry, read_directory_entry(in, i));
    if (!names.insert(entry.name).second) return broken("entry " + quoted(entry.name) + " is there twice");
    state->entries.push_back(entry);
  }
  if (in.remaining() > 0) return broken("the directory holds more than its count of entries");
  PLIMSOLL_CHECK(locate_all(bytes, directory.offset, state->entries));
  return ZipReader(std::move(state));
}

size_t ZipReader::entries() const { return state_->entries.size(); }
std::string_view ZipReader::name(size_t index) const { return state_->entries.at(index).name; }
uint64_t ZipReader::size(size_t index) const { return state_->entries.at(index).size; }
ZipReader::Packed ZipReader::packed(size_t index) const {
  const Entry& entry = state_->entries.at(index);
  return {entry.data, entry.size, entry.crc, entry.method, entry.flags};
}

Status ZipReader::read(size_t index, std::string& into) const {
  const Entry& entry = state_->entries.at(index);
  const auto fail = [&](ErrorKind kind, std::string why) {
    return Error{kind, std::move(why), "zip entry " + quoted(entry.name)};
  };
  if ((entry.flags & (kEncrypted | kStrongEncryption | kMaskedHeaders)) != 0) {
    return fail(ErrorKind::unsupported, "is encrypted");
  }
  if (entry.size > kMaxEntry)
    return fail(ErrorKind::limit, "is larger than " + std::to_string(kMaxEntry >> 20) + " MiB");
  if (entry.size > kRatioFrom && entry.size / kMaxRatio > entry.packed) {
    return fail(ErrorKind::limit, "unpacks to more than " + std::to_string(kMaxRatio) + " times its size");
  }
  if (entry.method == kStored) {
    if (entry.packed != entry.size) return fail(ErrorKind::malformed, "is stored, but its two sizes differ");
    into.assign(entry.data);
  } else if (entry.method == kDeflated) {
    auto status = inflate_exactly(entry.data, entry.size, into);
    if (!status.ok()) return fail(status.error().kind, status.error().message);
  } else {
    return fail(ErrorKind::unsupported,
                "uses compression method " + std::to_string(entry.method) + "; only deflate is read");
  }
  if (crc32_of(into) != entry.crc) return fail(ErrorKind::malformed, "checksum does not match");
  return Done{};
}

}  // namespace plimsoll::feed
