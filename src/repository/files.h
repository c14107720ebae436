#pragma once
#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rootfs/tree.h"

namespace plimsoll::repository {

// Whether a file of a tree says what its repositories are, or what they offer: package manager settings, keys, lists.
bool wants_repository_file(std::string_view path);
// Those of them that may be many times larger than what is taken of them: lists of packages.
bool is_package_index(std::string_view path);
// Those that are asked for by their whole name: where the files of a tree can be opened so, its walk need not keep
// them.
bool is_read_by_name(std::string_view path);

// Where package lists lie that come with signatures; without any of these directories there are none to check.
inline constexpr std::array places_of_signed_lists{"var/lib/apt/lists", "var/cache/dnf", "var/cache/yum",
                                                   "var/cache/libdnf5", "var/cache/zypp"};

// Those files of one tree: those that its walk kept, and by name any other where the tree can be read so.
class Files {
 public:
  Files() = default;
  // `tree`, when given, is borrowed.
  explicit Files(std::map<std::string, std::string> kept, rootfs::Tree* tree = nullptr)
      : kept_(std::move(kept)), tree_(tree) {}

  // Nothing when there is no such file. Links inside the tree are followed.
  const std::string* find(const std::string& path) const;
  // The same open, so that a large one need not be held; null when there is none.
  std::unique_ptr<rootfs::File> open(const std::string& path) const;
  // Paths of kept files that start with `prefix` and end with `suffix`, sorted.
  std::vector<std::string> below(std::string_view prefix, std::string_view suffix = {}) const;
  void set(const std::string& path, std::string bytes) { kept_[path] = std::move(bytes); }
  void erase(const std::string& path) { kept_.erase(path); }
  bool empty() const { return kept_.empty(); }

 private:
  mutable std::map<std::string, std::string> kept_;
  rootfs::Tree* tree_ = nullptr;
};

}  // namespace plimsoll::repository
