#include "rootfs/image_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "base/text.h"
#include "rootfs/decompress.h"
#include "rootfs/hashed_chunks.h"
#include "rootfs/parallel.h"

namespace plimsoll::rootfs {
namespace {

bool is_packed(const Blob& blob) {
  BlobChunks chunks(blob);
  const auto front = chunks.next();
  if (!front.ok()) return false;
  const Compression compression = compression_of(*front);
  return compression == Compression::gzip || compression == Compression::zstd;
}

}  // namespace

std::string label_of(const PlannedLayer& layer, size_t number, size_t count) {
  return fmt::format("layer {} of {} ({})", number + 1, count, printable(layer.digest.value, 80).substr(0, 19));
}

std::string refusal_of(std::string_view media_type) {
  if (media_type.find("encrypted") != std::string_view::npos) return "the layer is encrypted";
  return {};
}

void show_in_passes(ImageWalk& walk, OtherNames& names, const OpenLayer& pass) {
  constexpr int most_passes = 4;
  for (int i = 0; i < most_passes && !names.empty(); ++i) pass(names);
  for (const auto& [target, waiting] : names) {
    for (const OtherName& name : waiting) {
      walk.omissions.add("hard links", name.path,
                         "one of too many names of a large file, not looked at under this one");
    }
  }
}

ImageTree::ImageTree(std::vector<LocatedLayer> layers, IncompleteList notes, const Bounds& bounds)
    : layers_(std::move(layers)), notes_(std::move(notes)), bounds_(bounds), states_(layers_.size()) {
  for (const LocatedLayer& layer : layers_) digests_.push_back(layer.planned.digest);
}

Result<WalkReport> ImageTree::walk(Visitor& visitor) {
  Omissions omissions;
  ImageWalk walk{visitor, bounds_, hash_, omissions};
  std::ranges::fill(states_, nullptr);
  std::vector<size_t> order(layers_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto size_of = [this](size_t number) { return layers_[number].blob ? layers_[number].blob->size : 0; };
  std::ranges::sort(order, std::ranges::greater{}, size_of);

  std::atomic<size_t> next = 0;
  run_on_threads(std::max(1U, bounds_.threads), [&] {
    for (size_t at = next++; at < order.size(); at = next++) walk_one(walk, order[at]);
  });
  show_hard_links(walk);
  WalkReport report{walk.entries, omissions.list()};
  report.not_assessed.insert(report.not_assessed.end(), notes_.begin(), notes_.end());
  return report;
}

void ImageTree::walk_one(ImageWalk& walk, size_t number) {
  const LocatedLayer& layer = layers_[number];
  if (!layer.blob) {
    walk.omissions.add("layers", label(number), layer.missing, "fetch the image again");
    return;
  }
  // A layer that comes again further up is over-written by itself: only its last place counts.
  for (size_t above = number + 1; above < layers_.size(); ++above) {
    if (layers_[above].planned.member == layer.planned.member) return;
  }
  auto state = std::make_unique<LayerState>(LayerState{number, LayerIndex(hash_), {}});
  BlobChunks chunks(*layer.blob);
  LayerInput input{number, label(number), &chunks, &*layer.blob};
  // All of a packed layer passes by here, so its digest is checked. Plain ones are read by leaps, and what is read is
  // what is reported; hashing them would cost many times the reading.
  if (layer.planned.sha256.empty() || !is_packed(*layer.blob)) {
    walk_layer(walk, input, state->index, state->small);
  } else {
    HashedChunks hashed(chunks);
    input.packed = &hashed;
    if (walk_layer(walk, input, state->index, state->small)) {
      const auto hex = hashed.hex();
      if (!hex.ok() || *hex != layer.planned.sha256) {
        walk.omissions.add("layers", input.label, "the content does not fit its digest", "fetch the image again");
      }
    }
  }
  states_[number] = std::move(state);
}

void ImageTree::show_hard_links(ImageWalk& walk) {
  std::vector<LayerState*> states;
  for (const auto& state : states_) states.push_back(state.get());
  auto later = offer_hard_links(walk, states);
  std::vector<std::pair<const size_t, OtherNames>*> work;
  for (auto& item : later) work.push_back(&item);
  std::atomic<size_t> next = 0;
  const auto threads = static_cast<unsigned>(std::min<size_t>(std::max(1U, bounds_.threads), work.size()));
  run_on_threads(threads, [&] {
    for (size_t at = next++; at < work.size(); at = next++) {
      const size_t number = work[at]->first;
      show_in_passes(walk, work[at]->second, [&](OtherNames& names) {
        BlobChunks chunks(*layers_[number].blob);
        const LayerInput input{number, label(number), &chunks, &*layers_[number].blob};
        show_other_names(walk, input, states_[number]->index, names);
      });
    }
  });
  for (const auto& state : states_) {
    if (state) (void)state->small.clear();
  }
}

bool ImageTree::visible(std::string_view path, size_t layer) const {
  std::vector<const LayerIndex*> indexes;
  for (const auto& state : states_) indexes.push_back(state ? &state->index : nullptr);
  return visible_in(indexes, hash_, path, layer);
}

Result<std::string> ImageTree::read(std::string_view path, size_t) {
  return Error{ErrorKind::unsupported, "files of images are read during a walk only", printable(path)};
}

}  // namespace plimsoll::rootfs
