#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rootfs/archive_members.h"
#include "rootfs/hard_links.h"
#include "rootfs/image_plan.h"
#include "rootfs/tree.h"

namespace plimsoll::rootfs {

// Opens the bytes of an archive from their beginning.
using OpenSource = std::function<Result<std::unique_ptr<ChunkSource>>()>;

// The plan of an archive that can only be read front to back: goes through all of it for its small files.
Result<ImagePlan> plan_from_front_to_back(const OpenSource& open, std::string_view which, const Bounds& bounds);

// An archive that is read front to back, each layer as it comes by. Engines write the manifest last: without a `plan`
// everything that looks like a layer is shown, numbered as it comes, and the plan is made at the end from the small
// files seen on the way. visible() then knows the true order.
class StreamTree : public Tree {
 public:
  StreamTree(OpenSource open, std::optional<ImagePlan> plan, const Bounds& bounds);
  Result<WalkReport> walk(Visitor& visitor) override;
  bool visible(std::string_view path, size_t layer) const override;
  const std::vector<LayerDigest>& layers() const override { return digests_; }
  Result<std::string> read(std::string_view path, size_t limit) override;
  const ImageConfig* late_config() const override { return &config_; }

 private:
  struct Seen;  // of one walk
  Status take(const Member& member, ImageWalk& walk, Seen& seen);
  Status take_layer(const Member& member, ChunkSource& content, ImageWalk& walk, Seen& seen);
  void put_in_order(ImageWalk& walk, Seen& seen);
  void show_hard_links(ImageWalk& walk);

  OpenSource open_;
  std::optional<ImagePlan> plan_;
  Bounds bounds_;
  PathHash hash_;
  ImageConfig config_;
  std::vector<LayerDigest> digests_;                 // by number
  std::vector<std::unique_ptr<LayerState>> states_;  // by number
  std::vector<size_t> order_;                        // numbers of the image's layers, lowest first
  std::vector<LayerState*> ordered_;
};

}  // namespace plimsoll::rootfs
