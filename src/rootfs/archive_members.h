#pragma once
#include <functional>
#include <map>
#include <string>

#include "rootfs/chunks.h"
#include "rootfs/image_plan.h"
#include "rootfs/tar_reader.h"

namespace plimsoll::rootfs {

// Names inside an image archive, and which of them are only links to others: engines store a layer that several images
// share once, and link to it.
class MemberLinks {
 public:
  void add(const std::string& path, std::string target) { links_.insert_or_assign(path, std::move(target)); }
  // Where `path` leads in the end; itself when it is no link.
  std::string resolve(std::string path) const;

 private:
  std::map<std::string, std::string, std::less<>> links_;
};

// Goes through an archive. `file` is called for each regular file with its clean path; what it leaves of the content is
// skipped. Names that lead out of the archive are left out.
struct Member {
  std::string path;
  uint64_t size = 0;
  TarReader& tar;
};
using TakeMember = std::function<Status(const Member&)>;
Status read_members(ChunkSource& source, MemberLinks& links, const TakeMember& file);

// An uncompressed archive on disk: where each member lies in it.
class ArchiveMembers {
 public:
  static Result<ArchiveMembers> open(const Blob& archive);
  // not_found when there is no such member.
  Result<Blob> find(const std::string& path) const;

 private:
  Blob archive_;
  MemberLinks links_;
  std::map<std::string, std::pair<uint64_t, uint64_t>> places_;  // offset and size
};

// The whole of a small blob.
Result<std::string> read_blob(const Blob& blob, size_t limit);

}  // namespace plimsoll::rootfs
