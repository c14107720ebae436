#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>

#include "base/clock.h"
#include "base/text.h"
#include "threatdb/feed_cache.h"
#include "threatdb/file_error.h"
#include "threatdb/image.h"
#include "threatdb/pack.h"
#include "threatdb/pack_piece.h"

namespace plimsoll::threatdb {
namespace {

// A file beside `path` that becomes it when all is there, and goes when not.
class Beside {
 public:
  explicit Beside(const std::string& path) : path_(path), beside_(path + ".new") {}
  ~Beside() {
    if (file_ < 0) return;
    ::close(file_);
    ::unlink(beside_.c_str());
  }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;

  Status open() {
    ::unlink(beside_.c_str());
    file_ = ::open(beside_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    return file_ < 0 ? Status(file_error(beside_, "create")) : Status(Done{});
  }
  Status write(std::string_view bytes, uint64_t at) {
    while (!bytes.empty()) {
      const ssize_t n = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return file_error(beside_, "write");
      at += static_cast<uint64_t>(n);
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return Done{};
  }
  Status finish() {
    if (::fsync(file_) != 0) return file_error(beside_, "sync");
    if (::rename(beside_.c_str(), path_.c_str()) != 0) return file_error(path_, "replace");
    ::close(file_);
    file_ = -1;
    return Done{};
  }

 private:
  const std::string path_, beside_;
  int file_ = -1;
};

// The older pack that a delta is made against.
struct Base {
  std::optional<Bytes> bytes;
  VerifiedPack pack;

  const PackedFile* find(const std::string& name) const {
    const auto& files = pack.manifest.files;
    const auto at = std::find_if(files.begin(), files.end(), [&](const PackedFile& f) { return f.name == name; });
    return at == files.end() ? nullptr : &*at;
  }
  Result<std::string> content(const PackedFile& file) const {
    return read_packed(pack, static_cast<size_t>(&file - pack.manifest.files.data()), {});
  }
};

Result<Base> open_base(const std::string& since, const SigningKey& key) {
  Base out;
  if (since.empty()) return out;
  PLIMSOLL_TRY(bytes, Bytes::map_file(since));
  out.bytes = std::move(bytes);
  auto pack = verify_pack(out.bytes->view(), key);
  if (!pack.ok()) return Error{pack.error().kind, pack.error().message, printable(since), pack.error().advice};
  if (pack->manifest.is_delta()) {
    return Error{ErrorKind::unsupported, "is a delta itself", printable(since), "give the whole pack to --since"};
  }
  out.pack = std::move(pack).value();
  return out;
}

// The piece of one file, and what the manifest says of it.
Result<std::string> make_piece(std::string_view bytes, const Base& base, PackedFile& file) {
  const PackedFile* const old = base.find(file.name);
  if (old != nullptr && old->hash == file.hash && old->size == file.size) {
    file.kind = PieceKind::same;
    return std::string();
  }
  std::string content;
  if (old != nullptr) {
    PLIMSOLL_TRY(before, base.content(*old));
    content = std::move(before);
  }
  file.kind = content.empty() ? PieceKind::whole : PieceKind::patch;
  return pack_piece(bytes, content);
}

// Names and sizes alone decide how long the head is: the body can be written before it.
uint64_t body_offset(const Manifest& manifest) { return pack_head(manifest).size() + signature_bytes; }

}  // namespace

Result<PackReport> write_pack(const std::string& folder, const std::string& path, const SigningKey& key,
                              const std::string& since) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder + "/osv", error)) {
    return Error{ErrorKind::not_found, "holds no feeds", printable(folder),
                 "fetch some with `plimsoll db update` or `plimsoll db mirror`"};
  }
  // No update may change the feeds meanwhile; one that could not write here does not run here.
  const auto lock = ImportLock::take(folder + "/.update");
  if (!lock.ok() && lock.error().kind == ErrorKind::conflict) return lock.error();
  PLIMSOLL_TRY(base, open_base(since, key));
  PLIMSOLL_TRY(cache, FeedCache::open(folder));
  PackReport out;
  out.manifest.created = wall_clock();
  if (!since.empty()) out.manifest.base = content_id(base.pack.manifest.files);
  for (const std::string& name : cache.names()) {
    out.manifest.files.emplace_back();
    out.manifest.files.back().name = name;
  }
  Beside file(path);
  PLIMSOLL_CHECK(file.open());
  out.bytes = body_offset(out.manifest);
  for (PackedFile& entry : out.manifest.files) {
    const auto bytes = cache.read(entry.name);
    if (!bytes || bytes->view().size() > max_pack_file_bytes) {
      return Error{ErrorKind::malformed, bytes ? "is larger than 1 GiB, which a pack may not hold" : "is damaged",
                   printable(cache.path(entry.name)), bytes ? "" : "fetch it again with `plimsoll db update`"};
    }
    entry.size = bytes->view().size();
    entry.hash = hash_of(bytes->view());
    PLIMSOLL_TRY(piece, make_piece(bytes->view(), base, entry));
    entry.packed_size = piece.size();
    entry.packed_hash = hash_of(piece);
    PLIMSOLL_CHECK(file.write(piece, out.bytes));
    out.bytes += piece.size();
  }
  const std::string head = pack_head(out.manifest);
  PLIMSOLL_TRY(signature, key.sign(head));
  PLIMSOLL_CHECK(file.write(head + signature, 0));
  PLIMSOLL_CHECK(file.finish());
  return out;
}

}  // namespace plimsoll::threatdb
