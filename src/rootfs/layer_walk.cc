#include "rootfs/layer_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <unordered_set>

#include "rootfs/archive_path.h"
#include "rootfs/decompress.h"
#include "rootfs/local_file.h"

namespace plimsoll::rootfs {
namespace {

// The content of the member a tar reader stands at: forward only.
class PassingFile : public File {
 public:
  PassingFile(TarReader& tar, uint64_t size) : tar_(tar), size_(size) {}
  uint64_t size() const override { return size_; }
  bool random_access() const override { return false; }
  Result<std::string> read_at(uint64_t offset, size_t length) override {
    const uint64_t at = size_ - tar_.content_left();
    if (offset < at) return Error{ErrorKind::unsupported, "a streamed file is read front to back"};
    PLIMSOLL_CHECK(tar_.skip_content(offset - at));
    std::string out;
    out.reserve(static_cast<size_t>(std::min<uint64_t>(length, tar_.content_left())));
    while (out.size() < length) {
      PLIMSOLL_TRY(piece, tar_.content(length - out.size()));
      if (piece.empty()) break;
      out += piece;
    }
    return out;
  }

 private:
  TarReader& tar_;
  uint64_t size_;
};

// The opened stream of a layer, whatever its compression.
struct LayerStream {
  std::unique_ptr<Resumed> packed;
  std::unique_ptr<ChunkSource> inflated;
  Compression compression = Compression::unknown;
  ChunkSource& bytes() { return inflated ? *inflated : *packed; }
};

Result<LayerStream> open_layer(const LayerInput& input, const Bounds& bounds) {
  LayerStream out;
  PLIMSOLL_TRY(front, take_front(*input.packed, tar_block));
  out.compression = compression_of(front);
  if (out.compression == Compression::unknown) {
    return Error{ErrorKind::unsupported, "neither a tar archive nor one packed with gzip or zstd"};
  }
  out.packed = std::make_unique<Resumed>(std::move(front), *input.packed);
  out.inflated = inflated(*out.packed, out.compression, bounds);
  return out;
}

constexpr std::string_view whiteout_mark = ".wh.";
constexpr std::string_view aufs_mark = ".wh..wh.";  // house-keeping of aufs, but for the next
constexpr std::string_view opaque_mark = ".wh..wh..opq";

// One pass over one layer.
class LayerPass {
 public:
  LayerPass(ImageWalk& walk, const LayerInput& input, LayerIndex& index, SmallFiles& small)
      : walk_(walk), input_(input), index_(index), small_(small) {}

  Status run() {
    PLIMSOLL_TRY(stream, open_layer(input_, walk_.bounds));
    plain_ = stream.compression == Compression::none && input_.blob != nullptr;
    TarReader tar(stream.bytes());
    TarEntry member;
    while (true) {
      PLIMSOLL_TRY(more, tar.next(member));
      if (!more) break;
      if (walk_.entries.fetch_add(1) >= walk_.bounds.entries) {
        return Error{ErrorKind::limit, fmt::format("the image has more than {} names", walk_.bounds.entries)};
      }
      if (plain_ && tar.position() + member.size > walk_.bounds.layer_bytes) {
        return Error{ErrorKind::limit, fmt::format("larger than {} bytes", walk_.bounds.layer_bytes)};
      }
      PLIMSOLL_CHECK(take(tar, member));
    }
    return stream.inflated ? read_to_end(*stream.inflated) : Status(Done{});
  }

 private:
  // What follows the archive's end counts for the checksums.
  static Status read_to_end(ChunkSource& bytes) {
    while (true) {
      PLIMSOLL_TRY(piece, bytes.next());
      if (piece.empty()) return Done{};
    }
  }

  Status take(TarReader& tar, const TarEntry& member) {
    const auto path = clean_path(member.name, walk_.bounds.depth);
    if (!path.ok()) {
      walk_.omissions.add("names in layers", fmt::format("{}: {}", input_.label, member.name), path.error().message);
      return Done{};
    }
    const std::string_view name = name_in(*path);
    if (name.starts_with(whiteout_mark)) {
      take_whiteout(*path, name);
      return Done{};
    }
    Entry entry{.path = *path, .mode = member.mode, .link_target = {}, .layer = input_.number};
    switch (member.type) {
      case '0':
      case '7':
      case 'S':
        return take_file(tar, member, entry);
      case '1':
        take_hard_link(member, entry);
        return Done{};
      case '2':
        entry.type = EntryType::symlink;
        entry.link_target = member.link;
        break;
      case '5':
        entry.type = EntryType::directory;
        index_.add_directory(*path);
        if (!path->empty()) (void)walk_.visitor.wants(entry);
        return Done{};
      case '3':
      case '4':
      case '6':
        entry.type = EntryType::other;
        break;
      default:  // labels, volume headers and the like: no file of the tree, and runtimes refuse them
        walk_.omissions.add("names in layers", fmt::format("{}: {}", input_.label, *path),
                            "a kind of tar member that is not known");
        return Done{};
    }
    if (path->empty()) return Done{};
    index_.add_other(*path);
    (void)walk_.visitor.wants(entry);
    return Done{};
  }

  void take_whiteout(std::string_view path, std::string_view name) {
    if (name == opaque_mark) {
      index_.add_opaque(parent_of(path));
    } else if (!name.starts_with(aufs_mark) && name.size() > whiteout_mark.size()) {
      std::string gone(path.substr(0, path.size() - name.size()));
      gone += name.substr(whiteout_mark.size());
      index_.add_whiteout(gone);
    }
  }

  Status take_file(TarReader& tar, const TarEntry& member, Entry& entry) {
    if (entry.path.empty()) return Done{};
    entry.size = member.size;
    const bool wanted = walk_.visitor.wants(entry);
    index_.add_file(entry.path, member.size, member.mode, wanted);
    if (!wanted) return Done{};
    if (!shown_.insert(walk_.hash(entry.path)).second) {
      walk_.omissions.add("names in layers", fmt::format("{}: {}", input_.label, entry.path),
                          "is in the layer more than once; the last one counts");
    }
    if (member.sparse) {
      walk_.omissions.add("files", fmt::format("{}: {}", input_.label, entry.path),
                          "stored with holes, which are not expanded");
      return Done{};
    }
    if (plain_ && tar.position() + member.size <= input_.blob->size) {
      LocalFile file(input_.blob->file->get(), input_.blob->offset + tar.position(), member.size);
      walk_.visitor.visit(entry, file);
      return Done{};
    }
    PassingFile passing(tar, member.size);
    if (member.size > SmallFiles::largest) {
      walk_.visitor.visit(entry, passing);
      return Done{};
    }
    PLIMSOLL_TRY(content, passing.read_all(SmallFiles::largest));
    MemoryFile file(content);
    walk_.visitor.visit(entry, file);
    if (walk_.room_for_small_files.fetch_sub(static_cast<int64_t>(content.size())) >=
        static_cast<int64_t>(content.size())) {
      small_.keep(walk_.hash(entry.path), std::move(content));
    } else {
      walk_.room_for_small_files += static_cast<int64_t>(content.size());
    }
    return Done{};
  }

  void take_hard_link(const TarEntry& member, const Entry& entry) {
    if (entry.path.empty()) return;
    const auto target = clean_path(member.link, walk_.bounds.depth);
    if (!target.ok()) {
      walk_.omissions.add("names in layers", fmt::format("{}: {}", input_.label, entry.path),
                          fmt::format("a hard link to {}", target.error().message));
      index_.add_other(entry.path);
      return;
    }
    index_.add_hard_link({std::string(entry.path), *target, member.mode});
  }

  ImageWalk& walk_;
  const LayerInput& input_;
  LayerIndex& index_;
  SmallFiles& small_;
  bool plain_ = false;
  std::unordered_set<uint64_t> shown_;
};

constexpr uint64_t largest_held = uint64_t{4} << 20;  // of a file with several other names, kept while they are shown

void show_names(ImageWalk& walk, const LayerIndex::FileRecord& record, const std::vector<OtherName>& names,
                File& file) {
  for (const OtherName& name : names) {
    walk.visitor.visit(
        {.path = name.path, .size = record.size, .mode = record.mode, .link_target = {}, .layer = name.layer}, file);
  }
}

// Shows the file that `tar` stands at. Where it can be read but once and is large, under its first name only; the
// other names stay for the next pass.
Status show_member(ImageWalk& walk, TarReader& tar, const LocalFile* local, const LayerIndex::FileRecord& record,
                   std::vector<OtherName>& names) {
  if (local) {
    LocalFile file = *local;
    show_names(walk, record, names, file);
    names.clear();
    return Done{};
  }
  PassingFile passing(tar, record.size);
  if (names.size() == 1 || record.size > largest_held) {
    show_names(walk, record, {names.back()}, passing);
    names.pop_back();
    return Done{};
  }
  PLIMSOLL_TRY(content, passing.read_all(largest_held));
  MemoryFile file(content);
  show_names(walk, record, names, file);
  names.clear();
  return Done{};
}

Status second_pass(ImageWalk& walk, const LayerInput& input, const LayerIndex& index, OtherNames& names) {
  PLIMSOLL_TRY(stream, open_layer(input, walk.bounds));
  const bool plain = stream.compression == Compression::none && input.blob != nullptr;
  TarReader tar(stream.bytes());
  TarEntry member;
  size_t open = names.size();
  while (open > 0) {
    PLIMSOLL_TRY(more, tar.next(member));
    if (!more) break;
    if (member.type != '0' && member.type != '7') continue;
    const auto path = clean_path(member.name, walk.bounds.depth);
    if (!path.ok()) continue;
    const uint64_t hash = walk.hash(*path);
    const auto wanted = names.find(hash);
    const auto* record = index.file(hash);
    if (wanted == names.end() || !record || wanted->second.empty() || record->size != member.size) continue;
    --open;
    const bool whole = plain && tar.position() + member.size <= input.blob->size;
    const LocalFile local(whole ? input.blob->file->get() : -1, whole ? input.blob->offset + tar.position() : 0,
                          member.size);
    PLIMSOLL_CHECK(show_member(walk, tar, whole ? &local : nullptr, *record, wanted->second));
  }
  return Done{};
}

}  // namespace

bool walk_layer(ImageWalk& walk, const LayerInput& input, LayerIndex& index, SmallFiles& small) {
  const Status status = LayerPass(walk, input, index, small).run();
  index.finish();
  if (index.hard_links().empty()) walk.room_for_small_files += static_cast<int64_t>(small.clear());
  if (!status.ok()) {
    walk.omissions.add("layers", input.label, status.error().message, "what was read before that is in the report");
  }
  return status.ok();
}

void show_other_names(ImageWalk& walk, const LayerInput& input, const LayerIndex& index, OtherNames& names) {
  const Status status = second_pass(walk, input, index, names);
  if (!status.ok()) walk.omissions.add("layers", input.label, status.error().message);
  std::erase_if(names, [](const auto& item) { return item.second.empty(); });
}

}  // namespace plimsoll::rootfs
