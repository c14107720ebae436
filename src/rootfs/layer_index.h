#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rootfs/path_hash.h"

namespace plimsoll::rootfs {

// What one layer brings and takes away, by hashed path: enough to say what higher layers hide, at a few bytes a name.
class LayerIndex {
 public:
  struct FileRecord {
    uint64_t path = 0;  // hashed
    uint64_t size = 0;
    uint32_t mode = 0;
    bool visited = false;
  };
  struct HardLink {
    std::string path;
    std::string target;
    uint32_t mode = 0;
  };

  explicit LayerIndex(const PathHash& hash) : hash_(&hash) {}

  void add_file(std::string_view path, uint64_t size, uint32_t mode, bool visited);
  void add_hard_link(HardLink link);
  void add_other(std::string_view path);  // symlink, device...: hides like a file, has no content
  void add_directory(std::string_view path);
  void add_whiteout(std::string_view path);                   // ".wh.NAME": NAME of lower layers is gone
  void add_opaque(std::string_view directory);                // ".wh..wh..opq": what lower layers have in it is gone
  void add_alias(std::string_view target, std::string path);  // another name under which `target` is to be seen
  void finish();                                              // after the last add_..., before the questions below

  const FileRecord* file(uint64_t path) const;
  // The last hard link named `path`, or nullptr.
  const HardLink* hard_link(std::string_view path) const;
  const std::vector<HardLink>& hard_links() const { return links_; }
  // The aliases of a file, or nullptr.
  const std::vector<std::string>* aliases(uint64_t path) const;

  // Whether this layer hides what a lower layer has at a path. `own` is the hashed path, `parents` the hashed
  // directories above it, the root ("") included.
  bool hides(uint64_t own, const std::vector<uint64_t>& parents) const;
  size_t names() const { return files_.size() + others_.size() + directories_.size() + gone_.size(); }

 private:
  void add_parents(std::string_view path);

  const PathHash* hash_;
  std::vector<FileRecord> files_;
  std::vector<uint64_t> others_;
  std::vector<uint64_t> directories_;
  std::vector<uint64_t> gone_;
  std::vector<uint64_t> opaque_;
  std::vector<HardLink> links_;
  std::unordered_map<uint64_t, size_t> links_by_path_;
  std::unordered_map<uint64_t, std::vector<std::string>> aliases_;
  std::string previous_parent_;
};

// The hashed directories above `path`, the root included.
std::vector<uint64_t> hashed_parents(const PathHash& hash, std::string_view path);

// `layers` lowest first.
bool visible_in(const std::vector<const LayerIndex*>& layers, const PathHash& hash, std::string_view path,
                size_t layer);

}  // namespace plimsoll::rootfs
