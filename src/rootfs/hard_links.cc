#include "rootfs/hard_links.h"

#include "rootfs/local_file.h"

namespace plimsoll::rootfs {
namespace {

class Offer {
 public:
  Offer(ImageWalk& walk, const std::vector<LayerState*>& layers) : walk_(walk), layers_(layers) {}

  std::map<size_t, OtherNames> run() {
    for (size_t at = 0; at < layers_.size(); ++at) {
      if (!layers_[at]) continue;
      for (const auto& link : layers_[at]->index.hard_links()) {
        if (steps_ == 0) {
          walk_.omissions.add("hard links", "hard links of the image", "too many to follow");
          return std::move(later_);
        }
        offer(link, at);
      }
    }
    return std::move(later_);
  }

 private:
  struct Target {
    LayerState* layer = nullptr;
    const LayerIndex::FileRecord* record = nullptr;
    std::string path;
  };

  // In its own layer, through other hard links, else in the layers below: as when layers are unpacked in turn.
  Target find(const LayerIndex::HardLink& link, size_t at) {
    std::string path = link.target;
    while (steps_ > 0) {
      --steps_;
      LayerState* layer = layers_[at];
      if (layer) {
        const auto* record = layer->index.file(walk_.hash(path));
        if (record) return {layer, record, std::move(path)};
        const auto* next = layer->index.hard_link(path);
        if (next && next != &link && next->target != path && hops_-- > 0) {
          path = next->target;
          continue;
        }
      }
      if (at == 0) break;
      --at;
    }
    return {};
  }

  void offer(const LayerIndex::HardLink& link, size_t at) {
    hops_ = 32;
    LayerState& own = *layers_[at];
    const Target target = find(link, at);
    if (!target.record) {
      walk_.omissions.add("hard links", link.path, "a hard link to something that is not in the image");
      return;
    }
    const Entry entry{.path = link.path,
                      .size = target.record->size,
                      .mode = target.record->mode,
                      .link_target = {},
                      .layer = own.number};
    const bool known = target.record->visited && target.layer == &own;
    if (known ? !walk_.visitor.wants_alias(entry, target.path) : !walk_.visitor.wants(entry)) {
      if (known) own.index.add_alias(target.path, link.path);
      return;
    }
    if (const std::string* content = target.layer->small.find(target.record->path)) {
      MemoryFile file(*content);
      walk_.visitor.visit(entry, file);
      return;
    }
    later_[target.layer->number][target.record->path].push_back({link.path, own.number});
  }

  ImageWalk& walk_;
  const std::vector<LayerState*>& layers_;
  std::map<size_t, OtherNames> later_;
  uint64_t steps_ = 20'000'000;  // a second or so: links times layers could be made to take days
  int hops_ = 0;
};

}  // namespace

std::map<size_t, OtherNames> offer_hard_links(ImageWalk& walk, const std::vector<LayerState*>& layers) {
  return Offer(walk, layers).run();
}

}  // namespace plimsoll::rootfs
