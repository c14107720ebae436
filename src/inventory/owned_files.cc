#include "inventory/owned_files.h"

#include <xxhash.h>

#include <array>
#include <string>

namespace plimsoll::inventory {
namespace {

constexpr std::array<std::string_view, 5> merged_directories{"bin/", "sbin/", "lib/", "lib64/", "lib32/"};
constexpr std::array<std::string_view, 4> metadata_endings{"/METADATA", "/PKG-INFO", ".egg-info", "/package.json"};

}  // namespace

uint64_t path_key(std::string_view path) {
  while (path.starts_with('/') || path.starts_with("./")) path.remove_prefix(path.front() == '/' ? 1 : 2);
  bool merged = false;
  for (const std::string_view directory : merged_directories) merged = merged || path.starts_with(directory);
  if (!merged) return XXH3_64bits(path.data(), path.size());
  std::string full = "usr/";
  full += path;
  return XXH3_64bits(full.data(), full.size());
}

bool may_prove_language_package(std::string_view path) {
  for (const std::string_view ending : metadata_endings) {
    if (path.ends_with(ending)) return true;
  }
  const size_t slash = path.rfind('/');
  const std::string_view base = slash == std::string_view::npos ? path : path.substr(slash + 1);
  return !base.empty() && base.find('.') == std::string_view::npos;
}

FileSink keep_owned(Found& found) {
  return [&found](std::string_view package, std::string_view path) {
    if (path.size() > max_owned_path || !may_prove_language_package(path)) return;
    if (found.owned.empty() || found.owned.back().package != package) found.owned.push_back({std::string(package), {}});
    found.owned.back().paths.push_back(path_key(path));
  };
}

}  // namespace plimsoll::inventory
