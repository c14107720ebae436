#include <fcntl.h>
#include <sys/file.h>
#include <sys/uio.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/text.h"
#include "system/sync_directory.h"
#include "threatdb/file_error.h"
#include "threatdb/image.h"

namespace plimsoll::threatdb {
namespace {

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

template <class Row>
std::string_view bytes_of(const std::vector<Row>& rows) {
  return {reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(Row)};
}

// The pieces of the data part in their order, and where each section lies.
struct Layout {
  std::vector<std::string_view> pieces;
  std::array<SectionPlace, section_count> places;
  uint64_t bytes = 0;

  void add(Section section, std::string_view piece) {
    SectionPlace& place = places[static_cast<size_t>(section)];
    if (place.offset == 0) place.offset = header_bytes + bytes;
    place.bytes += piece.size();
    push(piece);
  }
  void align() {
    static constexpr char zeros[8] = {};
    push(std::string_view(zeros, (8 - bytes % 8) % 8));
  }

 private:
  void push(std::string_view piece) {
    if (!piece.empty()) pieces.push_back(piece);
    bytes += piece.size();
  }
};

Layout lay_out(const Image& image) {
  Layout out;
  out.add(Section::strings, image.strings);
  out.add(Section::strings, image.more_strings.bytes());
  const auto section = [&](Section which, const auto& rows) {
    out.align();
    out.add(which, bytes_of(rows));
  };
  section(Section::lists, image.lists);
  section(Section::links, image.links);
  section(Section::records, image.records);
  section(Section::threats, image.threats);
  section(Section::opinions, image.opinions);
  section(Section::affected, image.affected);
  section(Section::events, image.events);
  section(Section::packages, image.packages);
  section(Section::package_slots, image.package_slots);
  section(Section::ids, image.ids);
  section(Section::id_slots, image.id_slots);
  section(Section::ecosystems, image.ecosystems);
  section(Section::sources, image.sources);
  return out;
}

// One XXH3 for every block_bytes of the data, over the pieces as they will lie in the file.
std::vector<uint64_t> block_checksums(const Layout& layout) {
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  const std::unique_ptr<XXH3_state_t, Free> state(XXH3_createState());
  std::vector<uint64_t> sums;
  uint64_t room = block_bytes;
  XXH3_64bits_reset(state.get());
  for (std::string_view piece : layout.pieces) {
    while (!piece.empty()) {
      const std::string_view part = piece.substr(0, room);
      XXH3_64bits_update(state.get(), part.data(), part.size());
      piece.remove_prefix(part.size());
      room -= part.size();
      if (room != 0) continue;
      sums.push_back(XXH3_64bits_digest(state.get()));
      XXH3_64bits_reset(state.get());
      room = block_bytes;
    }
  }
  if (room != block_bytes) sums.push_back(XXH3_64bits_digest(state.get()));
  return sums;
}

std::string header_page(const Image& image, const Layout& layout, const std::vector<uint64_t>& sums, Instant built_at) {
  Header header;
  std::memset(static_cast<void*>(&header), 0, sizeof header);
  header.magic = file_magic;
  header.version = format_version;
  header.sections = section_count;
  header.file_bytes = header_bytes + layout.bytes + sums.size() * 8;
  header.data_bytes = layout.bytes;
  header.table_checksum = XXH3_64bits(sums.data(), sums.size() * 8);
  header.built_at = static_cast<uint64_t>(built_at.time_since_epoch().count());
  header.epss_date = image.epss_date;
  header.records = image.records.size();
  header.places = layout.places;
  header.header_checksum = XXH3_64bits(&header, sizeof header);
  std::string page(header_bytes, '\0');
  std::memcpy(page.data(), &header, sizeof header);
  return page;
}

Status write_all(int descriptor, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(descriptor, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return file_error(path, "write");
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return Done{};
}

}  // namespace

Result<ImportLock> ImportLock::take(const std::string& path) {
  std::error_code ignored;
  std::filesystem::create_directories(folder_of(path), ignored);
  const std::string lock = path + ".lock";
  const int descriptor = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (descriptor < 0) return file_error(lock, "open the lock file");
  ImportLock out(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return out;
  if (errno != EWOULDBLOCK) return file_error(lock, "lock");
  return Error{ErrorKind::conflict, "another import or update is running here", printable(path), "wait for it to end"};
}

ImportLock::~ImportLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status write_image(const Image& image, const std::string& path, int descriptor, Instant built_at) {
  const Layout layout = lay_out(image);
  if (image.more_strings.overflowed()) {
    return Error{ErrorKind::limit, "the feeds hold more text than one threat database can"};
  }
  const std::vector<uint64_t> sums = block_checksums(layout);
  PLIMSOLL_CHECK(write_all(descriptor, header_page(image, layout, sums, built_at), path));
  for (const std::string_view piece : layout.pieces) PLIMSOLL_CHECK(write_all(descriptor, piece, path));
  return write_all(descriptor, bytes_of(sums), path);
}

Result<NewFile> NewFile::beside(const std::string& path) {
  const std::string name = path + ".new";
  ::unlink(name.c_str());  // left by an import that was killed: the lock is ours
  const int descriptor = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (descriptor < 0) return file_error(name, "create");
  return NewFile(path, descriptor);
}

NewFile::~NewFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink((path_ + ".new").c_str());
}

Status NewFile::replace() {
  const std::string name = path_ + ".new";
  if (::fsync(descriptor_) != 0) return file_error(name, "sync");
  if (::rename(name.c_str(), path_.c_str()) != 0) return file_error(path_, "replace");
  ::close(std::exchange(descriptor_, -1));
  (void)system::sync_directory(folder_of(path_));  // the name, too; the data are safe already
  return Done{};
}

}  // namespace plimsoll::threatdb
