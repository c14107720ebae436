#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rootfs/chunks.h"
#include "rootfs/hard_links.h"
#include "rootfs/image_plan.h"

namespace plimsoll::rootfs {

// A layer whose bytes lie in a file, or the reason why they do not.
struct LocatedLayer {
  PlannedLayer planned;
  std::optional<Blob> blob;
  std::string missing;  // why there is no blob
};

// What a layer is called in messages: "layer 2 of 7 (sha256:0123456789ab)".
std::string label_of(const PlannedLayer& layer, size_t number, size_t count);

// Why a layer of this media type cannot be read at all; empty when it may.
std::string refusal_of(std::string_view media_type);

// A second pass over one layer per turn until every name is shown; those that still wait after a few are reported.
using OpenLayer = std::function<void(OtherNames&)>;
void show_in_passes(ImageWalk& walk, OtherNames& names, const OpenLayer& pass);

// An image whose layers can be read in any order: they are, in parallel, the largest first.
class ImageTree : public Tree {
 public:
  ImageTree(std::vector<LocatedLayer> layers, IncompleteList notes, const Bounds& bounds);
  Result<WalkReport> walk(Visitor& visitor) override;
  bool visible(std::string_view path, size_t layer) const override;
  const std::vector<LayerDigest>& layers() const override { return digests_; }
  Result<std::string> read(std::string_view path, size_t limit) override;

 private:
  void walk_one(ImageWalk& walk, size_t number);
  void show_hard_links(ImageWalk& walk);
  std::string label(size_t number) const { return label_of(layers_[number].planned, number, layers_.size()); }

  std::vector<LocatedLayer> layers_;
  IncompleteList notes_;
  Bounds bounds_;
  PathHash hash_;
  std::vector<LayerDigest> digests_;
  std::vector<std::unique_ptr<LayerState>> states_;
};

}  // namespace plimsoll::rootfs
