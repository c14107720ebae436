#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/text.h"
#include "threatdb/feed_cache.h"
#include "threatdb/gather.h"
#include "threatdb/losses.h"
#include "threatdb/pack.h"
#include "threatdb/pack_piece.h"
#include "threatdb/update.h"

namespace plimsoll::threatdb {
namespace {

namespace fs = std::filesystem;

constexpr const char* pack_mark = ".pack";  // in the state of the feeds: when the pack unpacked last was made

Error damaged(const std::string& why) { return Error{ErrorKind::malformed, "the pack is damaged: " + why}; }

// What the feeds here are, by the hashes of their bytes as they lie.
std::vector<PackedFile> files_of(const FeedCache& cache) {
  std::vector<PackedFile> out;
  for (const std::string& name : cache.names()) {
    PackedFile file;
    file.name = name;
    if (const auto bytes = cache.read(name)) {
      file.size = bytes->view().size();
      file.hash = hash_of(bytes->view());
    }
    out.push_back(std::move(file));
  }
  return out;
}

// The files that a delta changes: the feeds here, or those of a whole pack.
class Base {
 public:
  Base(const FeedCache& cache, const VerifiedPack* pack) : cache_(cache), pack_(pack) {}

  Hash id() const { return content_id(pack_ != nullptr ? pack_->manifest.files : files_of(cache_)); }
  Result<std::string> read(const PackedFile& file) const {
    if (pack_ == nullptr) {
      if (const auto bytes = cache_.read(file.name)) return std::string(bytes->view());
      return damaged("it changes a file that is not here");
    }
    const auto& files = pack_->manifest.files;
    for (size_t i = 0; i < files.size(); ++i) {
      if (files[i].name == file.name) return read_packed(*pack_, i, {});
    }
    return damaged("it changes a file that its base does not have");
  }

 private:
  const FeedCache& cache_;
  const VerifiedPack* pack_;
};

Status check_order(const Manifest& manifest, const FeedCache& cache) {
  const auto last = parse_rfc3339(cache.facts(pack_mark).as_of);
  if (!last || manifest.created >= *last) return Done{};
  return Error{ErrorKind::conflict,
               "this pack was made on " + format_rfc3339(manifest.created) + ", before the one unpacked last (" +
                   format_rfc3339(*last) + ")",
               {},
               "to go back all the same, remove " + printable(cache.folder()) + " first"};
}

Status check_base(const Manifest& manifest, const Base& base) {
  if (!manifest.is_delta()) return Done{};
  const Hash here = base.id();
  if (here == manifest.base) return Done{};
  return Error{ErrorKind::conflict,
               "this pack changes the data " + hex_of(manifest.base).substr(0, 16) + ", but the data here are " +
                   hex_of(here).substr(0, 16),
               {},
               "name the whole pack that it was made against with --base"};
}

// Puts one file of the pack into the new feeds.
Status place(const VerifiedPack& pack, size_t index, const Base& base, FeedCache& fresh) {
  const PackedFile& file = pack.manifest.files[index];
  std::string before;
  if (file.kind != PieceKind::whole) {
    PLIMSOLL_TRY(old, base.read(file));
    before = std::move(old);
  }
  if (file.kind != PieceKind::same) {
    PLIMSOLL_TRY(bytes, read_packed(pack, index, before));
    return fresh.put(file.name, bytes, {});
  }
  if (before.size() != file.size || hash_of(before) != file.hash) {
    return damaged(printable(file.name) + " is not the one of its base");
  }
  return fresh.put(file.name, before, {});
}

Result<VerifiedPack> verify_file(const Bytes& bytes, const std::string& path, const SigningKey& key) {
  auto pack = verify_pack(bytes.view(), key);
  if (!pack.ok()) return Error{pack.error().kind, pack.error().message, printable(path), pack.error().advice};
  return pack;
}

// Swaps two folders at once; where the file system can not, in two steps.
Status swap_folders(const std::string& fresh, const std::string& old) {
  const bool swapped = ::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, old.c_str(), RENAME_EXCHANGE) == 0;
  std::error_code error;
  if (!swapped) {
    fs::remove_all(old, error);
    fs::rename(fresh, old, error);
    if (error) return Error{ErrorKind::unreachable, "cannot replace: " + error.message(), printable(old)};
  }
  fs::remove_all(fresh, error);
  return Done{};
}

}  // namespace

Result<VerifiedPack> verify_pack(std::string_view bytes, const SigningKey& key) {
  PLIMSOLL_TRY(parts, split_pack(bytes));
  if (!key.signed_by(parts.signed_bytes, parts.signature)) {
    return Error{ErrorKind::denied, "the pack is not signed with this key, or was changed since"};
  }
  PLIMSOLL_TRY(manifest, parse_manifest(parts.manifest, parts.body.size()));
  return VerifiedPack{std::move(manifest), parts.body};
}

Result<std::string> read_packed(const VerifiedPack& pack, size_t index, std::string_view base) {
  uint64_t at = 0;
  for (size_t i = 0; i < index; ++i) at += pack.manifest.files[i].packed_size;
  const PackedFile& file = pack.manifest.files[index];
  const std::string_view piece = pack.body.substr(at, file.packed_size);
  if (hash_of(piece) != file.packed_hash) return damaged(printable(file.name) + " was changed");
  PLIMSOLL_TRY(bytes, unpack_piece(piece, file.size, file.kind == PieceKind::patch ? base : std::string_view()));
  if (hash_of(bytes) != file.hash) return damaged(printable(file.name) + " does not unpack to what it was");
  return bytes;
}

Result<UnpackReport> unpack(const std::string& path, const SigningKey& key, const std::string& db_path,
                            const std::string& base_path, system::sandbox::Sandbox* sandbox) {
  PLIMSOLL_TRY(bytes, Bytes::map_file(path));
  PLIMSOLL_TRY(pack, verify_file(bytes, path, key));
  std::optional<Bytes> base_bytes;
  std::optional<VerifiedPack> base_pack;
  if (!base_path.empty()) {
    PLIMSOLL_TRY(mapped, Bytes::map_file(base_path));
    base_bytes = std::move(mapped);
    PLIMSOLL_TRY(verified, verify_file(*base_bytes, base_path, key));
    if (verified.manifest.is_delta()) return Error{ErrorKind::unsupported, "is a delta itself", printable(base_path)};
    base_pack = std::move(verified);
  }
  const std::string folder = feeds_folder(db_path), beside = folder + ".new";
  PLIMSOLL_TRY(lock, ImportLock::take(db_path));
  PLIMSOLL_TRY(feeds_lock, ImportLock::take(folder + "/.update"));
  PLIMSOLL_TRY(old, FeedCache::open(folder));
  const Base base(old, base_pack ? &*base_pack : nullptr);
  PLIMSOLL_CHECK(check_order(pack.manifest, old));
  PLIMSOLL_CHECK(check_base(pack.manifest, base));

  std::error_code error;
  fs::remove_all(beside, error);  // left by a run that was killed: the lock is ours
  PLIMSOLL_TRY(fresh, FeedCache::open(beside));
  const auto build_from = [&]() -> Result<UnpackReport> {
    for (size_t i = 0; i < pack.manifest.files.size(); ++i) PLIMSOLL_CHECK(place(pack, i, base, fresh));
    FeedFacts mark;
    mark.as_of = format_rfc3339(pack.manifest.created);
    PLIMSOLL_CHECK(fresh.touch(pack_mark, std::move(mark)));
    fresh.drop_parts();
    if (const auto db = ThreatDb::open(db_path); db.ok()) {
      for (const Incomplete& lost : losses(db->info(), fresh))
        return Error{ErrorKind::conflict, lost.what + ": " + lost.reason, printable(db_path), lost.remedy};
    }
    PLIMSOLL_TRY(mirror, Mirror::open(beside, beside));
    IncompleteList missing;
    PLIMSOLL_TRY(built, import_locked(*mirror, printable(path), db_path, missing, sandbox));
    PLIMSOLL_CHECK(swap_folders(beside, folder));
    return UnpackReport{std::move(pack.manifest), std::move(built)};
  };
  auto done = build_from();
  if (!done.ok()) fs::remove_all(beside, error);
  return done;
}

}  // namespace plimsoll::threatdb
