#include "analyzer/offers.h"

#include <map>
#include <utility>

#include "base/file.h"
#include "inventory/os_release.h"
#include "inventory/take_inventory.h"
#include "system/http_get.h"

namespace plimsoll::analyzer {
namespace {

// Directories that hold package lists, keys and settings; nothing else of the machine is walked for them.
constexpr const char* places[] = {"etc/apt",           "etc/apk",       "usr/share/keyrings",
                                  "var/lib/apt/lists", "var/cache/apk", "var/lib/dpkg"};

repository::HostLists read_host_lists() {
  repository::HostLists out;
  std::map<std::string, std::string> kept;
  for (const std::string place : places) {
    auto tree = rootfs::open_directory("/" + place);
    if (!tree.ok()) continue;
    const auto wanted = [&](std::string_view path) {
      return repository::wants_repository_file(place + "/" + std::string(path));
    };
    Result<inventory::Taken> taken = inventory::take_inventory(**tree, {}, wanted);
    if (!taken.ok()) continue;
    for (auto& [path, bytes] : taken->kept) kept[place + "/" + path] = std::move(bytes);
  }
  if (auto root = rootfs::open_directory("/"); root.ok()) out.root = std::move(*root);
  out.files = repository::Files(std::move(kept), out.root.get());
  if (const std::string* text = out.files.find("etc/os-release")) out.os = inventory::parse_os_release(*text);
  return out;
}

}  // namespace

repository::Sources offer_sources(const Settings& settings) {
  repository::Fetch fetch;
  if (settings.repositories || settings.changelogs)
    fetch = [](const std::string& url, size_t limit) { return system::http_get(url, limit); };
  return {
      read_host_lists, std::move(fetch), {.repositories = settings.repositories, .changelogs = settings.changelogs}};
}

}  // namespace plimsoll::analyzer
