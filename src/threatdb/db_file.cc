#include "threatdb/db_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>

#include "base/text.h"

namespace plimsoll::threatdb {
namespace {

constexpr std::string_view import_advice = "make it anew with `plimsoll db update` or `plimsoll db import`";
constexpr std::array<std::string_view, section_count> section_names{
    "strings", "lists",    "links",         "records", "threats",  "opinions",   "affected",
    "events",  "packages", "package slots", "ids",     "id slots", "ecosystems", "sources"};

uint64_t blocks_of(uint64_t data_bytes) { return (data_bytes + block_bytes - 1) / block_bytes; }

uint64_t header_checksum(Header header) {
  header.header_checksum = 0;
  return XXH3_64bits(&header, sizeof header);
}

Error cannot_open(const std::string& path) {
  const int code = errno;
  const ErrorKind kind = code == ENOENT                    ? ErrorKind::not_found
                         : code == EACCES || code == EPERM ? ErrorKind::denied
                                                           : ErrorKind::unreachable;
  return {
      kind, "cannot open the threat database: " + std::string(std::strerror(code)), printable(path),
      kind == ErrorKind::not_found ? "make one with `plimsoll db update`, or `plimsoll db import --from URL|DIR`" : ""};
}

Error cut_short(const std::string& path) {
  return {ErrorKind::malformed,
          printable(path) + " is not a threat database or is cut short; " + std::string(import_advice)};
}

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace

DbFile::~DbFile() {
  if (mapped_) ::munmap(const_cast<char*>(base_), size_);
}

Error DbFile::damaged(std::string_view where) const {
  return {ErrorKind::malformed,
          printable(path_) + " is damaged at " + std::string(where) + "; " + std::string(import_advice)};
}

Result<std::unique_ptr<DbFile>> DbFile::open(const std::string& path) {
  std::unique_ptr<DbFile> file(new DbFile);
  file->path_ = path;
  const Descriptor descriptor{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (descriptor.fd < 0) return cannot_open(path);
  struct stat facts{};
  if (::fstat(descriptor.fd, &facts) != 0) return cannot_open(path);
  if (!S_ISREG(facts.st_mode)) {
    return Error{ErrorKind::malformed, printable(path) + " is not a threat database: it is no regular file"};
  }
  file->size_ = static_cast<uint64_t>(facts.st_size);
  if (file->size_ == 0) return cut_short(path);  // nothing can be mapped
  void* mapped = ::mmap(nullptr, file->size_, PROT_READ, MAP_PRIVATE, descriptor.fd, 0);
  if (mapped == MAP_FAILED) return cannot_open(path);
  file->base_ = static_cast<const char*>(mapped);
  file->mapped_ = true;
  PLIMSOLL_CHECK(file->begin());
  return file;
}

Result<std::unique_ptr<DbFile>> DbFile::over(std::string_view bytes, std::string name) {
  std::unique_ptr<DbFile> file(new DbFile);
  file->path_ = std::move(name);
  file->base_ = bytes.data();
  file->size_ = bytes.size();
  PLIMSOLL_CHECK(file->begin());
  return file;
}

Status DbFile::begin() {
  if (size_ < header_bytes) return cut_short(path_);
  std::memcpy(static_cast<void*>(&header_), base_, sizeof(Header));
  PLIMSOLL_CHECK(check_header());
  good_ = std::make_unique<std::atomic<uint64_t>[]>(blocks_of(header_.data_bytes) / 64 + 1);
  return Done{};
}

Status DbFile::check_header() const {
  if (header_.magic != file_magic) {
    return Error{ErrorKind::malformed, printable(path_) + " is not a threat database; " + std::string(import_advice)};
  }
  if (header_.version != format_version) {
    return Error{ErrorKind::malformed, printable(path_) + " has format version " + std::to_string(header_.version) +
                                           ", this program reads version " + std::to_string(format_version) + "; " +
                                           std::string(import_advice)};
  }
  if (header_.sections != section_count || header_checksum(header_) != header_.header_checksum)
    return damaged("its header");
  if (const std::string_view rest(base_ + sizeof(Header), header_bytes - sizeof(Header));
      rest.find_first_not_of('\0') != std::string_view::npos) {
    return damaged("its header");
  }
  if (header_.file_bytes != size_) {
    return Error{ErrorKind::malformed, printable(path_) + " is cut short or grown: it should hold " +
                                           std::to_string(header_.file_bytes) + " bytes and holds " +
                                           std::to_string(size_) + "; " + std::string(import_advice)};
  }
  if (header_.data_bytes > size_ - header_bytes) return damaged("its header");
  const uint64_t table = header_bytes + header_.data_bytes;
  const uint64_t table_bytes = blocks_of(header_.data_bytes) * 8;
  if (table_bytes != size_ - table) return damaged("its header");
  for (const SectionPlace& place : header_.places) {
    if (place.offset < header_bytes || place.offset > table || place.bytes > table - place.offset)
      return damaged("its header");
  }
  if (XXH3_64bits(base_ + table, table_bytes) != header_.table_checksum) return damaged("its table of checksums");
  return Done{};
}

bool DbFile::verify(uint64_t block) const {
  const uint64_t begin = block * block_bytes;
  if (begin >= header_.data_bytes) return false;
  const uint64_t length = std::min(block_bytes, header_.data_bytes - begin);
  uint64_t expected = 0;
  std::memcpy(&expected, base_ + header_bytes + header_.data_bytes + block * 8, 8);
  if (XXH3_64bits(base_ + header_bytes + begin, length) != expected) return false;
  good_[block / 64].fetch_or(uint64_t{1} << (block % 64), std::memory_order_relaxed);
  return true;
}

std::string_view Reader::text(uint32_t reference) {
  if (reference == none) return {};
  std::string_view raw;
  if (!take(Section::strings, reference, 2, raw)) return {};
  uint16_t brief = 0;
  std::memcpy(&brief, raw.data(), 2);
  uint64_t at = uint64_t{reference} + 2;
  uint32_t length = brief;
  if (brief == 0xffff) {
    if (!take(Section::strings, at, 4, raw)) return {};
    std::memcpy(&length, raw.data(), 4);
    at += 4;
  }
  if (!take(Section::strings, at, length, raw)) return {};
  return raw;
}

void Reader::fail(Section section) {
  if (good_) where_ = section_names[static_cast<size_t>(section)];
  good_ = false;
}

uint64_t key_hash(std::string_view first, std::string_view second) {
  return XXH3_64bits(first.data(), first.size()) * 0x9e3779b97f4a7c15ULL ^ XXH3_64bits(second.data(), second.size());
}

void reseal(std::string& file) {
  if (file.size() < header_bytes) return;
  Header header;
  std::memcpy(static_cast<void*>(&header), file.data(), sizeof header);
  header.file_bytes = file.size();
  const uint64_t room = file.size() - header_bytes;
  header.data_bytes = std::min(header.data_bytes, room);
  while (header.data_bytes > 0 && header.data_bytes + blocks_of(header.data_bytes) * 8 > room) --header.data_bytes;
  file.resize(header_bytes + header.data_bytes);
  std::string table;
  for (uint64_t at = 0; at < header.data_bytes; at += block_bytes) {
    const uint64_t sum = XXH3_64bits(file.data() + header_bytes + at, std::min(block_bytes, header.data_bytes - at));
    table.append(std::string_view(reinterpret_cast<const char*>(&sum), 8));
  }
  file += table;
  header.file_bytes = file.size();
  header.table_checksum = XXH3_64bits(table.data(), table.size());
  header.header_checksum = header_checksum(header);
  std::memcpy(file.data(), &header, sizeof header);
}

}  // namespace plimsoll::threatdb
