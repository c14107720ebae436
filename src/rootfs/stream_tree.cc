#include "rootfs/stream_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "rootfs/decompress.h"
#include "rootfs/hashed_chunks.h"
#include "rootfs/image_tree.h"

namespace plimsoll::rootfs {
namespace {

// The content of the member that a tar reader stands at.
class MemberChunks : public ChunkSource {
 public:
  explicit MemberChunks(TarReader& tar) : tar_(tar) {}
  Result<std::string_view> next() override { return tar_.content(); }

 private:
  TarReader& tar_;
};

// Small JSON files of an archive, kept until the manifest says which are needed.
class SmallMembers {
 public:
  explicit SmallMembers(size_t room) : most_(room), room_(room * 2) {}

  bool may_hold(const Member& member, std::string_view front) const {
    const size_t at = front.find_first_not_of(" \t\r\n");
    return member.size <= std::min(most_, room_) && at != std::string_view::npos &&
           (front[at] == '{' || front[at] == '[');
  }
  Status keep(const Member& member, ChunkSource& content) {
    PLIMSOLL_TRY(bytes, drain(content, most_));
    room_ -= std::min(room_, bytes.size());
    files_.insert_or_assign(member.path, std::move(bytes));
    return Done{};
  }
  Result<std::string> find(const MemberLinks& links, const std::string& path) const {
    const auto file = files_.find(links.resolve(path));
    if (file == files_.end()) return Error{ErrorKind::not_found, "not in the archive", printable(path, 200)};
    return file->second;
  }

 private:
  size_t most_;
  size_t room_;
  std::map<std::string, std::string> files_;
};

std::string sha256_in(std::string_view path) {
  constexpr std::string_view home = "blobs/sha256/";
  return path.starts_with(home) ? std::string(path.substr(home.size())) : std::string();
}

}  // namespace

Result<ImagePlan> plan_from_front_to_back(const OpenSource& open, std::string_view which, const Bounds& bounds) {
  PLIMSOLL_TRY(source, open());
  MemberLinks links;
  SmallMembers small(bounds.metadata_bytes);
  PLIMSOLL_CHECK(read_members(*source, links, [&](const Member& member) -> Status {
    MemberChunks content(member.tar);
    PLIMSOLL_TRY(front, content.next());
    const std::string first(front.substr(0, tar_block));
    if (!small.may_hold(member, first)) return Done{};
    Resumed resumed{std::string(front), content};
    return small.keep(member, resumed);
  }));
  PLIMSOLL_TRY(plan, plan_image([&](const std::string& path) { return small.find(links, path); }, which, {}));
  for (PlannedLayer& layer : plan.layers) layer.member = links.resolve(std::move(layer.member));
  return plan;
}

struct StreamTree::Seen {
  MemberLinks links;
  SmallMembers small;
  std::unordered_map<std::string, size_t> planned;  // member -> number, when the plan is known before
  std::map<std::string, size_t> numbers;            // member -> number, of those that came by
};

StreamTree::StreamTree(OpenSource open, std::optional<ImagePlan> plan, const Bounds& bounds)
    : open_(std::move(open)), plan_(std::move(plan)), bounds_(bounds) {
  if (!plan_) return;
  config_ = plan_->config;
  for (const PlannedLayer& layer : plan_->layers) digests_.push_back(layer.digest);
}

Result<WalkReport> StreamTree::walk(Visitor& visitor) {
  PLIMSOLL_TRY(source, open_());
  Omissions omissions;
  ImageWalk walk{visitor, bounds_, hash_, omissions};
  Seen seen{{}, SmallMembers(bounds_.metadata_bytes), {}, {}};
  states_.clear();
  order_.clear();
  ordered_.clear();
  if (plan_) {
    states_.resize(plan_->layers.size());
    for (size_t i = 0; i < plan_->layers.size(); ++i) seen.planned[plan_->layers[i].member] = i;
  } else {
    digests_.clear();
  }
  const Status status =
      read_members(*source, seen.links, [&](const Member& member) { return take(member, walk, seen); });
  if (!status.ok())
    omissions.add("archives", "rest of the image archive", status.error().message, "fetch the image again");
  put_in_order(walk, seen);
  show_hard_links(walk);
  return WalkReport{walk.entries, omissions.list()};
}

Status StreamTree::take(const Member& member, ImageWalk& walk, Seen& seen) {
  MemberChunks content(member.tar);
  PLIMSOLL_TRY(front, take_front(content, tar_block));
  if (!plan_ && seen.small.may_hold(member, front)) {
    Resumed resumed(std::move(front), content);
    return seen.small.keep(member, resumed);
  }
  const bool layer =
      plan_ ? seen.planned.contains(member.path) : member.size > 0 && compression_of(front) != Compression::unknown;
  if (!layer) return Done{};
  Resumed resumed(std::move(front), content);
  return take_layer(member, resumed, walk, seen);
}

// A layer that breaks is one thing, the archive around it another: what follows the layer is still read.
Status StreamTree::take_layer(const Member& member, ChunkSource& content, ImageWalk& walk, Seen& seen) {
  constexpr size_t most_layers = 5000;
  size_t number = plan_ ? seen.planned.at(member.path) : states_.size();
  if (states_.size() > most_layers) return Error{ErrorKind::limit, "more layers than any image has"};
  if (!plan_) {
    states_.emplace_back();
    digests_.push_back(LayerDigest{printable(member.path, 160)});
  }
  auto state = std::make_unique<LayerState>(LayerState{number, LayerIndex(hash_), {}});
  const std::string sha256 = sha256_in(member.path);
  HashedChunks hashed(content);
  const std::string label = plan_ ? label_of(plan_->layers[number], number, plan_->layers.size())
                                  : fmt::format("layer {}", printable(member.path, 100));
  const LayerInput input{number, label, sha256.empty() ? &content : &hashed, nullptr};
  if (walk_layer(walk, input, state->index, state->small) && !sha256.empty()) {
    const auto hex = hashed.hex();
    if (!hex.ok() || *hex != sha256) {
      walk.omissions.add("layers", label, "the content does not fit its digest", "fetch the image again");
    }
  }
  seen.numbers[member.path] = number;
  states_[number] = std::move(state);
  return Done{};
}

// Finds the image's layers among those that came by.
void StreamTree::put_in_order(ImageWalk& walk, Seen& seen) {
  ImagePlan plan;
  if (plan_) {
    plan = *plan_;
  } else {
    auto made = plan_image([&](const std::string& path) { return seen.small.find(seen.links, path); }, {}, {});
    if (!made.ok()) {
      walk.omissions.add("archives", "order of the layers", made.error().message,
                         "every file of every layer counts as visible");
      for (size_t i = 0; i < states_.size(); ++i) order_.push_back(i);
      return;
    }
    plan = std::move(made).value();
    config_ = plan.config;
  }
  for (const Incomplete& note : plan.notes) walk.omissions.add("layers", note.what, note.reason, note.remedy);
  for (size_t i = 0; i < plan.layers.size(); ++i) {
    const PlannedLayer& layer = plan.layers[i];
    const auto number = seen.numbers.find(seen.links.resolve(layer.member));
    if (number == seen.numbers.end()) {
      const std::string refusal = refusal_of(layer.media_type);
      walk.omissions.add("layers", label_of(layer, i, plan.layers.size()),
                         refusal.empty() ? "not in the archive, or no tar archive" : refusal, "fetch the image again");
      continue;
    }
    if (!plan_) digests_[number->second] = layer.digest;
    // A layer that comes again further up is over-written by itself: only its last place counts.
    std::erase(order_, number->second);
    order_.push_back(number->second);
  }
  for (const size_t number : order_) ordered_.push_back(states_[number].get());
}

void StreamTree::show_hard_links(ImageWalk& walk) {
  for (const auto& [number, names] : offer_hard_links(walk, ordered_)) {
    for (const auto& [target, waiting] : names) {
      for (const OtherName& name : waiting) {
        walk.omissions.add("hard links", name.path, "another name of a file that had already passed by in the stream",
                           "save the image to a file and scan that");
      }
    }
  }
  for (const auto& state : states_) {
    if (state) (void)state->small.clear();
  }
}

bool StreamTree::visible(std::string_view path, size_t layer) const {
  if (ordered_.empty()) return layer < states_.size();
  const auto place = std::ranges::find(order_, layer);
  if (place == order_.end()) return false;
  std::vector<const LayerIndex*> indexes;
  for (const LayerState* state : ordered_) indexes.push_back(state ? &state->index : nullptr);
  return visible_in(indexes, hash_, path, static_cast<size_t>(place - order_.begin()));
}

Result<std::string> StreamTree::read(std::string_view path, size_t) {
  return Error{ErrorKind::unsupported, "files of images are read during a walk only", printable(path)};
}

}  // namespace plimsoll::rootfs
