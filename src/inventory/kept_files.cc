#include "inventory/kept_files.h"

#include <zstd.h>

#include <algorithm>
#include <memory>

#include "base/text.h"

namespace plimsoll::inventory {
namespace {

constexpr size_t max_file = size_t{256} << 20, max_total = size_t{1} << 30, max_links = 10'000;
constexpr size_t worth_packing = size_t{4} << 20;
constexpr int max_hops = 8;

// Where a link at `path` leads inside the tree; empty when it leaves it.
std::string resolved(const std::string& path, std::string_view target) {
  std::vector<std::string_view> parts;
  const auto walk = [&](std::string_view names) {
    for (const std::string_view name : split(names, '/')) {
      if (name.empty() || name == ".") continue;
      if (name != "..")
        parts.push_back(name);
      else if (!parts.empty())
        parts.pop_back();
    }
  };
  if (!target.starts_with('/')) walk(std::string_view(path).substr(0, path.rfind('/') + 1));
  walk(target);
  std::string out;
  for (const std::string_view part : parts) out.append(out.empty() ? "" : "/").append(part);
  return out;
}

// The content of `file` as a zstd frame, read front to back and never held whole. malformed: the library refuses.
Result<std::string> packed(rootfs::File& file) {
  constexpr size_t piece_bytes = size_t{128} << 10;
  constexpr int fast = -3;  // about a third of the size of text, at little more than the price of copying it
  if (file.size() > max_file) return Error{ErrorKind::limit, "is larger than the bound"};
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), &ZSTD_freeCCtx);
  if (!context) return Error{ErrorKind::limit, "no memory to pack it"};
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, fast);
  std::string out, room(ZSTD_CStreamOutSize(), '\0');
  out.reserve(static_cast<size_t>(file.size() / 2));  // address space: growing would hold it twice
  for (uint64_t at = 0;;) {
    PLIMSOLL_TRY(piece, file.read_at(at, piece_bytes));
    at += piece.size();
    const bool last = piece.empty();
    ZSTD_inBuffer in{piece.data(), piece.size(), 0};
    for (size_t left = 1; last ? left != 0 : in.pos < in.size;) {
      ZSTD_outBuffer to{room.data(), room.size(), 0};
      left = ZSTD_compressStream2(context.get(), &to, &in, last ? ZSTD_e_end : ZSTD_e_continue);
      if (ZSTD_isError(left) != 0) return Error{ErrorKind::malformed, ZSTD_getErrorName(left)};
      out.append(room.data(), to.pos);
    }
    if (last) return out;
  }
}

}  // namespace

bool KeptFiles::wants(const rootfs::Entry& entry) {
  if (!keeps_ || keeps_(entry.path) == Keep::no) return false;
  if (entry.type == rootfs::EntryType::file) return true;
  if (entry.type != rootfs::EntryType::symlink) return false;
  const std::lock_guard lock(mutex_);
  if (links_.size() < max_links)
    links_.push_back({std::string(entry.path), std::string(entry.link_target), entry.layer});
  return false;
}

Result<std::string> KeptFiles::Copy::read_at(uint64_t offset, size_t length) {
  if (!bytes_.ok()) return bytes_.error();
  return offset >= bytes_->size() ? std::string() : bytes_->substr(offset, length);
}

Result<std::string> KeptFiles::Copy::read_all(size_t limit) {
  if (bytes_.ok() && bytes_->size() > limit) return Error{ErrorKind::limit, "is larger than the bound"};
  return bytes_;
}

void KeptFiles::keep(const rootfs::Entry& entry, Result<std::string> bytes) {
  const std::lock_guard lock(mutex_);
  if (!bytes.ok()) {
    gaps_.push_back({printable(entry.path, 500), printable(bytes.error().message), printable(bytes.error().advice)});
  } else if (total_ + bytes->size() > max_total) {
    gaps_.push_back({printable(entry.path, 500), "all such files together are larger than the bound", {}});
  } else {
    total_ += bytes->size();
    files_.push_back({std::string(entry.path), std::move(*bytes), entry.layer});
  }
}

void KeptFiles::take(const rootfs::Entry& entry, rootfs::File& file) {
  const bool pack = file.size() >= worth_packing && keeps_(entry.path) == Keep::packed;
  keep(entry, pack ? packed(file) : file.read_all(max_file));
}

KeptFiles::Copy KeptFiles::take_and_copy(const rootfs::Entry& entry, rootfs::File& file) {
  Result<std::string> bytes = file.read_all(max_file);
  keep(entry, bytes);
  return Copy(std::move(bytes));
}

std::map<std::string, std::string> KeptFiles::finish(rootfs::Tree& tree, IncompleteList& gaps) {
  std::map<std::string, std::string> out;
  for (Found& file : files_) {
    if (tree.visible(file.path, file.layer)) out.insert_or_assign(std::move(file.path), std::move(file.bytes));
  }
  std::erase_if(links_, [&](const Link& link) { return !tree.visible(link.path, link.layer); });
  for (int hop = 0; hop < max_hops; ++hop) {
    for (const Link& link : links_) {
      const auto target = link.target.empty() ? out.end() : out.find(resolved(link.path, link.target));
      if (target != out.end()) out.emplace(link.path, target->second);
    }
  }
  for (const Link& link : links_) {
    if (out.contains(link.path)) continue;
    Result<std::string> bytes = tree.read(link.path, max_file);
    if (bytes.ok()) out.emplace(link.path, std::move(bytes).value());
  }
  gaps.insert(gaps.end(), gaps_.begin(), gaps_.end());
  return out;
}

}  // namespace plimsoll::inventory
