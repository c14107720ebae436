#include "inventory/kept_files.h"

#include <algorithm>

#include "base/text.h"

namespace plimsoll::inventory {
namespace {

constexpr size_t max_file = size_t{256} << 20, max_total = size_t{1} << 30, max_links = 10'000;
constexpr int max_hops = 8;

// Where a link at `path` leads inside the tree; empty when it leaves it.
std::string resolved(const std::string& path, std::string_view target) {
  std::vector<std::string_view> parts;
  const auto walk = [&](std::string_view names) {
    for (const std::string_view name : split(names, '/')) {
      if (name.empty() || name == ".") continue;
      if (name != "..")
        parts.push_back(name);
      else if (!parts.empty())
        parts.pop_back();
    }
  };
  if (!target.starts_with('/')) walk(std::string_view(path).substr(0, path.rfind('/') + 1));
  walk(target);
  std::string out;
  for (const std::string_view part : parts) out.append(out.empty() ? "" : "/").append(part);
  return out;
}

}  // namespace

bool KeptFiles::wants(const rootfs::Entry& entry) {
  if (!keeps_ || !keeps_(entry.path)) return false;
  if (entry.type == rootfs::EntryType::file) return true;
  if (entry.type != rootfs::EntryType::symlink) return false;
  const std::lock_guard lock(mutex_);
  if (links_.size() < max_links)
    links_.push_back({std::string(entry.path), std::string(entry.link_target), entry.layer});
  return false;
}

Result<std::string> KeptFiles::Copy::read_at(uint64_t offset, size_t length) {
  if (!bytes_.ok()) return bytes_.error();
  return offset >= bytes_->size() ? std::string() : bytes_->substr(offset, length);
}

Result<std::string> KeptFiles::Copy::read_all(size_t limit) {
  if (bytes_.ok() && bytes_->size() > limit) return Error{ErrorKind::limit, "is larger than the bound"};
  return bytes_;
}

KeptFiles::Copy KeptFiles::take(const rootfs::Entry& entry, rootfs::File& file) {
  Result<std::string> bytes = file.read_all(max_file);
  const std::lock_guard lock(mutex_);
  if (!bytes.ok()) {
    gaps_.push_back({printable(entry.path, 500), printable(bytes.error().message), printable(bytes.error().advice)});
  } else if (total_ + bytes->size() > max_total) {
    gaps_.push_back({printable(entry.path, 500), "all such files together are larger than the bound", {}});
  } else {
    total_ += bytes->size();
    files_.push_back({std::string(entry.path), *bytes, entry.layer});
  }
  return Copy(std::move(bytes));
}

std::map<std::string, std::string> KeptFiles::finish(rootfs::Tree& tree, IncompleteList& gaps) {
  std::map<std::string, std::string> out;
  for (Found& file : files_) {
    if (tree.visible(file.path, file.layer)) out.insert_or_assign(std::move(file.path), std::move(file.bytes));
  }
  std::erase_if(links_, [&](const Link& link) { return !tree.visible(link.path, link.layer); });
  for (int hop = 0; hop < max_hops; ++hop) {
    for (const Link& link : links_) {
      const auto target = link.target.empty() ? out.end() : out.find(resolved(link.path, link.target));
      if (target != out.end()) out.emplace(link.path, target->second);
    }
  }
  for (const Link& link : links_) {
    if (out.contains(link.path)) continue;
    Result<std::string> bytes = tree.read(link.path, max_file);
    if (bytes.ok()) out.emplace(link.path, std::move(bytes).value());
  }
  gaps.insert(gaps.end(), gaps_.begin(), gaps_.end());
  return out;
}

}  // namespace plimsoll::inventory
