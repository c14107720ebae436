#include "rootfs/layer_index.h"

#include <algorithm>

#include "rootfs/archive_path.h"

namespace plimsoll::rootfs {
namespace {

void sort_out(std::vector<uint64_t>& hashes) {
  std::ranges::sort(hashes);
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  hashes.shrink_to_fit();
}

bool holds(const std::vector<uint64_t>& sorted, uint64_t hash) { return std::ranges::binary_search(sorted, hash); }

}  // namespace

// Directories that a layer does not name but has files in count as named: a file of a lower layer at that path is gone.
void LayerIndex::add_parents(std::string_view path) {
  std::string_view parent = parent_of(path);
  if (parent == previous_parent_) return;
  const std::string_view seen = previous_parent_;
  for (std::string_view at = parent; !at.empty(); at = parent_of(at)) {
    if (seen.starts_with(at) && (seen.size() == at.size() || seen[at.size()] == '/')) break;
    directories_.push_back((*hash_)(at));
  }
  previous_parent_ = parent;
}

void LayerIndex::add_file(std::string_view path, uint64_t size, uint32_t mode, bool visited) {
  add_parents(path);
  files_.push_back({(*hash_)(path), size, mode, visited});
}

void LayerIndex::add_hard_link(HardLink link) {
  add_other(link.path);
  links_by_path_[(*hash_)(link.path)] = links_.size();
  links_.push_back(std::move(link));
}

void LayerIndex::add_other(std::string_view path) {
  add_parents(path);
  others_.push_back((*hash_)(path));
}

void LayerIndex::add_directory(std::string_view path) {
  if (path.empty()) return;
  add_parents(path);
  directories_.push_back((*hash_)(path));
}

void LayerIndex::add_whiteout(std::string_view path) {
  add_parents(path);
  gone_.push_back((*hash_)(path));
}

void LayerIndex::add_opaque(std::string_view directory) {
  add_directory(directory);
  opaque_.push_back((*hash_)(directory));
}

void LayerIndex::add_alias(std::string_view target, std::string path) {
  aliases_[(*hash_)(target)].push_back(std::move(path));
}

void LayerIndex::finish() {
  // Of several files with one path the last counts: stable, then the last of each run is kept.
  std::ranges::stable_sort(files_, {}, &FileRecord::path);
  size_t kept = 0;
  for (size_t i = 0; i < files_.size(); ++i) {
    if (i + 1 < files_.size() && files_[i + 1].path == files_[i].path) continue;
    files_[kept++] = files_[i];
  }
  files_.resize(kept);
  files_.shrink_to_fit();
  for (auto* hashes : {&others_, &directories_, &gone_, &opaque_}) sort_out(*hashes);
}

const LayerIndex::FileRecord* LayerIndex::file(uint64_t path) const {
  const auto found = std::ranges::lower_bound(files_, path, {}, &FileRecord::path);
  return found != files_.end() && found->path == path ? &*found : nullptr;
}

const LayerIndex::HardLink* LayerIndex::hard_link(std::string_view path) const {
  const auto found = links_by_path_.find((*hash_)(path));
  return found == links_by_path_.end() ? nullptr : &links_[found->second];
}

const std::vector<std::string>* LayerIndex::aliases(uint64_t path) const {
  const auto found = aliases_.find(path);
  return found == aliases_.end() ? nullptr : &found->second;
}

bool LayerIndex::hides(uint64_t own, const std::vector<uint64_t>& parents) const {
  if (file(own) || holds(others_, own) || holds(directories_, own) || holds(gone_, own)) return true;
  return std::ranges::any_of(parents, [this](uint64_t parent) {
    return holds(opaque_, parent) || holds(gone_, parent) || holds(others_, parent) || file(parent);
  });
}

std::vector<uint64_t> hashed_parents(const PathHash& hash, std::string_view path) {
  std::vector<uint64_t> out;
  while (!path.empty()) {
    path = parent_of(path);
    out.push_back(hash(path));
  }
  return out;
}

bool visible_in(const std::vector<const LayerIndex*>& layers, const PathHash& hash, std::string_view path,
                size_t layer) {
  if (layer >= layers.size()) return false;
  const auto uncovered = [&](std::string_view name) {
    const uint64_t own = hash(name);
    const auto parents = hashed_parents(hash, name);
    for (size_t above = layer + 1; above < layers.size(); ++above) {
      if (layers[above] && layers[above]->hides(own, parents)) return false;
    }
    return true;
  };
  if (uncovered(path)) return true;
  const auto* aliases = layers[layer] ? layers[layer]->aliases(hash(path)) : nullptr;
  return aliases && std::ranges::any_of(*aliases, uncovered);
}

}  // namespace plimsoll::rootfs
