#pragma once
#include <atomic>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "rootfs/chunks.h"
#include "rootfs/layer_index.h"
#include "rootfs/omissions.h"
#include "rootfs/tar_reader.h"
#include "rootfs/tree.h"

namespace plimsoll::rootfs {

// Files of a layer that a hard link may ask for again, so that most links cost no second pass: the small visited ones.
class SmallFiles {
 public:
  static constexpr uint64_t largest = uint64_t{64} << 10;
  void keep(uint64_t path, std::string content) { kept_.insert_or_assign(path, std::move(content)); }
  const std::string* find(uint64_t path) const {
    const auto found = kept_.find(path);
    return found == kept_.end() ? nullptr : &found->second;
  }
  // Drops all and returns their size.
  size_t clear() {
    size_t freed = 0;
    for (const auto& [path, content] : kept_) freed += content.size();
    kept_.clear();
    return freed;
  }

 private:
  std::unordered_map<uint64_t, std::string> kept_;
};

// What all layers of one walk share.
struct ImageWalk {
  Visitor& visitor;
  const Bounds& bounds;
  const PathHash& hash;
  Omissions& omissions;
  std::atomic<uint64_t> entries = 0;
  std::atomic<int64_t> room_for_small_files = int64_t{8} << 20;
};

// One layer: where its bytes are and what it is called in messages ("layer 3 of 7 (sha256:...)").
struct LayerInput {
  size_t number = 0;  // index into Tree::layers()
  std::string label;
  ChunkSource* packed = nullptr;
  const Blob* blob = nullptr;  // the same bytes as a file, where they are one: plain layers are then read at random
};

// Streams one layer past the visitor and fills its index. A layer that breaks off leaves what was read before, and a
// line in the omissions. Returns whether all of it was read.
bool walk_layer(ImageWalk& walk, const LayerInput& input, LayerIndex& index, SmallFiles& small);

// Second pass: shows the content of chosen files (by hashed path) under other names, and takes away from `names` those
// that were shown. Large files of packed layers are shown once a pass.
struct OtherName {
  std::string path;
  size_t layer = 0;
};
using OtherNames = std::unordered_map<uint64_t, std::vector<OtherName>>;
void show_other_names(ImageWalk& walk, const LayerInput& input, const LayerIndex& index, OtherNames& names);

}  // namespace plimsoll::rootfs
