#include "rootfs/tar_reader.h"

#include <algorithm>

namespace plimsoll::rootfs {
namespace {

Error cut() { return {ErrorKind::malformed, "the tar data end too early"}; }

uint64_t padding_of(uint64_t size) { return (tar_block - size % tar_block) % tar_block; }

bool only_zeros(std::string_view block) { return block.find_first_not_of('\0') == std::string_view::npos; }

// Types that carry no content, whatever their size field says.
bool header_only(char type) { return type >= '1' && type <= '6'; }

}  // namespace

Result<std::string_view> TarReader::pull() {
  if (failed_) return *failed_;
  auto piece = source_.next();
  if (!piece.ok()) failed_ = piece.error();
  return piece;
}

Result<std::string_view> TarReader::content(size_t most) {
  if (left_ == 0) return std::string_view();
  if (piece_.empty()) {
    PLIMSOLL_TRY(piece, pull());
    if (piece.empty()) return cut();
    piece_ = piece;
  }
  const auto count = static_cast<size_t>(std::min<uint64_t>({piece_.size(), left_, most}));
  const std::string_view out = piece_.substr(0, count);
  piece_.remove_prefix(count);
  left_ -= count;
  position_ += count;
  return out;
}

Status TarReader::skip_content(uint64_t count) {
  count = std::min(count, left_);
  left_ -= count;
  return skip(count);
}

Status TarReader::skip(uint64_t count) {
  while (count > 0) {
    if (piece_.empty()) {
      const uint64_t jumped = source_.skip(count);
      count -= jumped;
      position_ += jumped;
      if (count == 0) break;
      PLIMSOLL_TRY(piece, pull());
      if (piece.empty()) return cut();
      piece_ = piece;
    }
    const auto step = static_cast<size_t>(std::min<uint64_t>(count, piece_.size()));
    piece_.remove_prefix(step);
    count -= step;
    position_ += step;
  }
  return Done{};
}

Result<std::string_view> TarReader::block() {
  gathered_.clear();
  while (piece_.size() < tar_block - gathered_.size()) {
    gathered_ += piece_;
    PLIMSOLL_TRY(piece, pull());
    piece_ = piece;
    if (piece.empty()) {
      if (gathered_.empty()) return std::string_view();
      return cut();
    }
  }
  const size_t rest = tar_block - gathered_.size();
  std::string_view out = piece_.substr(0, rest);
  if (!gathered_.empty()) {
    gathered_ += out;
    out = gathered_;
  }
  piece_.remove_prefix(rest);
  position_ += tar_block;
  return out;
}

Result<std::string> TarReader::special_content(uint64_t size) {
  if (size > largest_name) return Error{ErrorKind::limit, "an extended tar header of more than 1 MiB"};
  left_ = size;
  std::string out;
  while (left_ > 0) {
    PLIMSOLL_TRY(piece, content());
    out += piece;
  }
  PLIMSOLL_CHECK(skip(padding_of(size)));
  return out;
}

Result<bool> TarReader::next(TarEntry& entry) {
  PLIMSOLL_CHECK(skip(left_));
  left_ = 0;
  PLIMSOLL_CHECK(skip(padding_));
  padding_ = 0;
  return read_header(entry);
}

Result<bool> TarReader::read_header(TarEntry& entry) {
  PaxRecords pax;
  std::string long_name;
  std::string long_link;
  while (true) {
    PLIMSOLL_TRY(bytes, block());
    if (bytes.empty()) return false;
    if (only_zeros(bytes)) {
      PLIMSOLL_TRY(second, block());
      if (second.empty() || only_zeros(second)) return false;
      return Error{ErrorKind::malformed, "data behind the end of the tar archive"};
    }
    PLIMSOLL_TRY(header, parse_tar_header(bytes));
    if (header.type == 'x') {
      PLIMSOLL_TRY(records, special_content(header.size));
      PLIMSOLL_TRY(parsed, parse_pax(records));
      pax = std::move(parsed);
      continue;
    }
    if (header.type == 'g') {  // Go reads and does not apply these
      const uint64_t size = header.size;
      PLIMSOLL_CHECK(skip(size));
      PLIMSOLL_CHECK(skip(padding_of(size)));
      continue;
    }
    if (header.type == 'L' || header.type == 'K') {
      const bool name = header.type == 'L';
      PLIMSOLL_TRY(text, special_content(header.size));
      text.resize(std::min(text.size(), text.find('\0')));
      (name ? long_name : long_link) = std::move(text);
      continue;
    }
    entry.name =
        header.prefix.empty() ? std::string(header.name) : std::string(header.prefix) + '/' + std::string(header.name);
    if (pax.path) entry.name = *pax.path;
    if (!long_name.empty()) entry.name = long_name;
    entry.link = header.link;
    if (pax.link) entry.link = *pax.link;
    if (!long_link.empty()) entry.link = long_link;
    entry.type = header.type;
    entry.mode = header.mode;
    entry.size = pax.size.value_or(header.size);
    entry.sparse = pax.sparse || header.type == 'S';
    if (header.type == '\0') entry.type = entry.name.ends_with('/') ? '5' : '0';
    const bool map_follows = header.more_sparse_blocks;
    if (map_follows) PLIMSOLL_CHECK(skip_sparse_map());
    if (header_only(entry.type)) entry.size = 0;
    left_ = entry.size;
    padding_ = padding_of(entry.size);
    return true;
  }
}

Status TarReader::skip_sparse_map() {
  while (true) {
    PLIMSOLL_TRY(map, block());
    if (map.empty()) return cut();
    if (map[504] == 0) return Done{};
  }
}

}  // namespace plimsoll::rootfs
