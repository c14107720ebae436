#include "repository/files.h"

#include <array>

#include "rootfs/local_file.h"

namespace plimsoll::repository {
namespace {

constexpr size_t max_more = size_t{64} << 20;

constexpr std::string_view apt_lists = "var/lib/apt/lists/";

struct Row {
  std::string_view prefix;
  std::array<std::string_view, 4> endings;  // any of them; all empty: anything
};

// Keys may be named anywhere by Signed-By; those elsewhere are read by name when they are needed.
constexpr std::array<Row, 18> rows{{
    {"etc/apt/sources.list", {}},
    {"etc/apt/preferences", {}},
    {"etc/apt/apt.conf", {}},
    {"etc/apt/trusted.gpg", {}},
    {"etc/apt/keyrings/", {}},
    {"usr/share/keyrings/", {".gpg", ".asc", ".pgp"}},
    {"var/lib/apt/lists/", {"Release", "Release.gpg"}},
    {"var/lib/dpkg/status", {}},
    {"var/lib/dpkg/arch", {}},
    {"etc/apk/repositories", {}},
    {"etc/apk/keys/", {".pub"}},
    {"etc/apk/world", {}},
    {"lib/apk/db/installed", {}},
    {"var/cache/apk/APKINDEX.", {".tar.gz"}},
    {"etc/apk/cache/APKINDEX.", {".tar.gz"}},
    {"etc/pki/rpm-gpg/", {}},
    {"etc/yum.repos.d/", {".repo"}},
    {"etc/zypp/repos.d/", {".repo"}},
}};
constexpr std::array<std::string_view, 4> rpm_caches{"var/cache/dnf/", "var/cache/yum/", "var/cache/libdnf5/",
                                                     "var/cache/zypp/"};

bool fits(const Row& row, std::string_view path) {
  // Asked of every file of a tree: most are told from all rows by one letter.
  if (path.empty() || path.front() != row.prefix.front() || !path.starts_with(row.prefix)) return false;
  bool any = true;
  for (const std::string_view ending : row.endings) {
    if (ending.empty()) continue;
    if (path.ends_with(ending)) return true;
    any = false;
  }
  return any;
}

}  // namespace

bool is_package_index(std::string_view path) {
  return path.starts_with(apt_lists) && path.find('/', apt_lists.size()) == std::string_view::npos &&
         path.find("_Packages") != std::string_view::npos;
}

bool is_read_by_name(std::string_view path) {
  return path.starts_with(apt_lists) || path.starts_with("usr/share/keyrings/") || path == "var/lib/dpkg/status" ||
         path == "var/lib/dpkg/arch";
}

bool wants_repository_file(std::string_view path) {
  if (path.starts_with(apt_lists)) {
    if (path.find('/', apt_lists.size()) != std::string_view::npos) return false;  // partial, auxfiles
    if (is_package_index(path)) return true;
  }
  for (const Row& row : rows) {
    if (fits(row, path)) return true;
  }
  for (const std::string_view cache : rpm_caches) {
    if (path.starts_with(cache))
      return path.find("/repomd.xml") != std::string_view::npos || path.find("updateinfo") != std::string_view::npos;
  }
  return false;
}

const std::string* Files::find(const std::string& path) const {
  const auto found = kept_.find(path);
  if (found != kept_.end()) return &found->second;
  if (tree_ == nullptr) return nullptr;
  Result<std::string> bytes = tree_->read(path, max_more);
  return bytes.ok() ? &kept_.emplace(path, std::move(bytes).value()).first->second : nullptr;
}

std::unique_ptr<rootfs::File> Files::open(const std::string& path) const {
  const auto found = kept_.find(path);
  if (found != kept_.end()) return std::make_unique<rootfs::MemoryFile>(found->second);
  if (tree_ == nullptr) return nullptr;
  Result<std::unique_ptr<rootfs::File>> file = tree_->open(path);
  return file.ok() ? std::move(*file) : nullptr;
}

std::vector<std::string> Files::below(std::string_view prefix, std::string_view suffix) const {
  std::vector<std::string> out;
  for (auto at = kept_.lower_bound(std::string(prefix)); at != kept_.end() && at->first.starts_with(prefix); ++at) {
    if (at->first.ends_with(suffix)) out.push_back(at->first);
  }
  return out;
}

}  // namespace plimsoll::repository
