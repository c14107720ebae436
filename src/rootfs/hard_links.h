#pragma once
#include <map>
#include <vector>

#include "rootfs/layer_index.h"
#include "rootfs/layer_walk.h"

namespace plimsoll::rootfs {

// A layer after its first pass.
struct LayerState {
  size_t number = 0;  // as in Entry::layer
  LayerIndex index;
  SmallFiles small;
};

// Offers every hard link to the visitor. Links to small files are shown at once, the others are returned for a second
// pass: by number of the layer that holds the content, then by hashed path. `layers` lowest first, gaps are nullptr.
std::map<size_t, OtherNames> offer_hard_links(ImageWalk& walk, const std::vector<LayerState*>& layers);

}  // namespace plimsoll::rootfs
