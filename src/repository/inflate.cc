#include "repository/inflate.h"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <memory>
#include <vector>

#include "base/text.h"
#include "rootfs/local_file.h"

namespace plimsoll::repository {
namespace {

using Archive = std::unique_ptr<archive, int (*)(archive*)>;

constexpr size_t piece_bytes = size_t{64} << 10;
constexpr size_t longest_magic = 6;

bool is_packed(std::string_view bytes) {
  constexpr std::string_view magic[] = {"\x1f\x8b",
                                        "\xfd"
                                        "7zXZ",
                                        "BZh", "\x28\xb5\x2f\xfd", "\x04\x22\x4d\x18"};
  for (const std::string_view m : magic) {
    if (bytes.starts_with(m)) return true;
  }
  return bytes.starts_with(std::string_view("\x5d\x00\x00", 3));  // lzma alone
}

Error broken(archive* reader) {
  const char* why = archive_error_string(reader);
  return {ErrorKind::malformed, "cannot be decompressed: " + printable(why == nullptr ? "broken" : why, 200)};
}

// A file as it is.
Status pass_on(rootfs::File& file, uint64_t limit, const std::function<void(std::string_view)>& sink) {
  if (file.size() > limit) return Error{ErrorKind::limit, "is larger than the bound"};
  for (uint64_t at = 0;;) {
    PLIMSOLL_TRY(piece, file.read_at(at, piece_bytes));
    if (piece.empty()) return Done{};
    sink(piece);
    at += piece.size();
  }
}

struct Feed {
  rootfs::File& file;
  uint64_t at;
  std::string piece;
};

// archive_read_callback: the next bytes, 0 at the end.
la_ssize_t feed_archive(archive* reader, void* data, const void** bytes) {
  Feed& feed = *static_cast<Feed*>(data);
  Result<std::string> piece = feed.file.read_at(feed.at, piece_bytes);
  if (!piece.ok()) {
    archive_set_error(reader, EIO, "%s", piece.error().message.c_str());
    return -1;
  }
  feed.piece = std::move(*piece);
  feed.at += feed.piece.size();
  *bytes = feed.piece.data();
  return static_cast<la_ssize_t>(feed.piece.size());
}

}  // namespace

Status inflate_each(rootfs::File& packed, uint64_t limit, const std::function<void(std::string_view)>& sink) {
  PLIMSOLL_TRY(beginning, packed.read_at(0, longest_magic));
  if (!is_packed(beginning)) return pass_on(packed, limit, sink);
  const Archive reader(archive_read_new(), &archive_read_free);
  if (!reader) return Error{ErrorKind::bug, "no archive library"};
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_filter_lzma(reader.get());
  archive_read_support_filter_bzip2(reader.get());
  archive_read_support_filter_zstd(reader.get());
  archive_read_support_filter_lz4(reader.get());
  archive_read_support_format_raw(reader.get());
  archive_read_support_format_empty(reader.get());
  Feed feed{packed, 0, {}};
  if (archive_read_open(reader.get(), &feed, nullptr, &feed_archive, nullptr) != ARCHIVE_OK)
    return broken(reader.get());
  archive_entry* entry = nullptr;
  const int begun = archive_read_next_header(reader.get(), &entry);
  if (begun == ARCHIVE_EOF) return Done{};
  if (begun != ARCHIVE_OK) return broken(reader.get());
  std::vector<char> piece(piece_bytes);
  for (uint64_t total = 0;;) {
    const la_ssize_t got = archive_read_data(reader.get(), piece.data(), piece.size());
    if (got < 0) return broken(reader.get());
    if (got == 0) return Done{};
    total += static_cast<uint64_t>(got);
    if (total > limit) return Error{ErrorKind::limit, "is larger than the bound once decompressed"};
    sink({piece.data(), static_cast<size_t>(got)});
  }
}

Status inflate_each(std::string_view packed, uint64_t limit, const std::function<void(std::string_view)>& sink) {
  rootfs::MemoryFile file(packed);
  return inflate_each(file, limit, sink);
}

Result<std::string> inflate(std::string_view packed, uint64_t limit) {
  std::string out;
  PLIMSOLL_CHECK(inflate_each(packed, limit, [&](std::string_view piece) { out.append(piece); }));
  return out;
}

}  // namespace plimsoll::repository
