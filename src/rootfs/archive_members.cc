#include "rootfs/archive_members.h"

#include <fmt/format.h>

#include "base/text.h"
#include "rootfs/archive_path.h"

namespace plimsoll::rootfs {
namespace {

constexpr size_t most_members = 200'000;
constexpr size_t path_depth = 32;

// A symlink's target as a path of the archive: relative to the link's directory, ".." allowed inside the archive.
std::string target_of(std::string_view link, std::string_view target) {
  std::vector<std::string_view> parts;
  if (!target.starts_with('/')) {
    const std::string_view parent = parent_of(link);
    if (!parent.empty()) parts = split(parent, '/');
  }
  for (const std::string_view part : split(target, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty()) {
      parts.pop_back();
    }
  }
  std::string out;
  for (const std::string_view part : parts) out += (out.empty() ? "" : "/") + std::string(part);
  return out;
}

}  // namespace

std::string MemberLinks::resolve(std::string path) const {
  for (int hops = 0; hops < 8; ++hops) {
    const auto link = links_.find(path);
    if (link == links_.end()) break;
    path = link->second;
  }
  return path;
}

Status read_members(ChunkSource& source, MemberLinks& links, const TakeMember& file) {
  TarReader tar(source);
  TarEntry entry;
  size_t members = 0;
  while (true) {
    PLIMSOLL_TRY(more, tar.next(entry));
    if (!more) return Done{};
    if (++members > most_members) return Error{ErrorKind::limit, fmt::format("more than {} members", most_members)};
    const auto path = clean_path(entry.name, path_depth);
    if (!path.ok() || path->empty()) continue;
    if (entry.type == '2') links.add(*path, target_of(*path, entry.link));
    if (entry.type == '1') links.add(*path, target_of("", entry.link));
    if ((entry.type == '0' || entry.type == '7') && !entry.sparse) {
      PLIMSOLL_CHECK(file({*path, entry.size, tar}));
    }
  }
}

Result<ArchiveMembers> ArchiveMembers::open(const Blob& archive) {
  ArchiveMembers out;
  out.archive_ = archive;
  BlobChunks chunks(archive);
  PLIMSOLL_CHECK(read_members(chunks, out.links_, [&](const Member& member) -> Status {
    const uint64_t offset = member.tar.position();
    if (member.size > archive.size - offset) return Error{ErrorKind::malformed, "the archive ends too early"};
    out.places_.insert_or_assign(member.path, std::pair{offset, member.size});
    return Done{};
  }));
  return out;
}

Result<Blob> ArchiveMembers::find(const std::string& path) const {
  const auto place = places_.find(links_.resolve(path));
  if (place == places_.end()) return Error{ErrorKind::not_found, "not in the archive", printable(path, 200)};
  return Blob{archive_.file, archive_.offset + place->second.first, place->second.second};
}

Result<std::string> read_blob(const Blob& blob, size_t limit) {
  if (blob.size > limit) return Error{ErrorKind::limit, fmt::format("{} bytes, more than {}", blob.size, limit)};
  BlobChunks chunks(blob);
  return drain(chunks, limit);
}

}  // namespace plimsoll::rootfs
