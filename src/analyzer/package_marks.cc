#include "analyzer/package_marks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace plimsoll::analyzer {
namespace {

// Where package managers write when they install: dpkg (and what distroless images have), apk, rpm.
constexpr std::array databases = {
    "/var/lib/dpkg/status",           "/var/lib/dpkg/status.d",
    "/lib/apk/db/installed",          "/usr/lib/apk/db/installed",
    "/var/lib/rpm/rpmdb.sqlite",      "/var/lib/rpm/Packages",
    "/var/lib/rpm/Packages.db",       "/usr/lib/sysimage/rpm/rpmdb.sqlite",
    "/usr/lib/sysimage/rpm/Packages", "/usr/lib/sysimage/rpm/Packages.db",
};

struct Look {
  std::string mark;
  int64_t newest = 0;
};

// Nothing when the tree is not to be seen: its process has ended, or we may not.
std::optional<Look> look_at(const system::Machine& machine, const std::string& root) {
  if (!machine.stat(root.empty() ? "/" : root, true).ok()) return std::nullopt;
  Look out;
  for (const char* name : databases) {
    const Result<system::FileStat> file = machine.stat(root + name, false);
    if (!file.ok()) {
      out.mark += "-\n";
      continue;
    }
    out.mark += fmt::format("{} {} {} {}\n", file->device, file->inode, file->size, file->modified);
    out.newest = std::max(out.newest, file->modified);
  }
  return out;
}

// Where its files are to be seen; nothing for an asset that does not run.
std::optional<std::string> root_of(const AssetReport& asset) {
  if (asset.asset.kind == AssetKind::host) return "";
  if (!asset.container || asset.container->processes.empty()) return std::nullopt;
  return fmt::format("/proc/{}/root", asset.container->processes.front().pid);
}

}  // namespace

void PackageMarks::take(const system::Machine& machine, const Report& gathered, Instant began) {
  std::map<AssetId, Tree> there;
  for (const AssetReport& asset : gathered.assets) {
    std::optional<std::string> root = root_of(asset);
    if (!root) continue;
    const auto before = trees_.find(asset.asset.id);
    if (before != trees_.end()) {
      there[asset.asset.id] = {std::move(*root), before->second.mark};
    } else if (const std::optional<Look> look = look_at(machine, *root)) {
      // What was written while it was read may have been missed: no mark, so that it is told.
      const bool settled = look->newest < began.time_since_epoch().count();
      there[asset.asset.id] = {std::move(*root), settled ? look->mark : ""};
    }
  }
  trees_ = std::move(there);
}

std::vector<AssetId> PackageMarks::changed(const system::Machine& machine, std::chrono::steady_clock::time_point now) {
  std::erase_if(told_, [&](const auto& one) { return now - one.second >= at_most_every; });
  std::vector<AssetId> out;
  for (const auto& [asset, tree] : trees_) {
    if (told_.contains(asset)) continue;
    const std::optional<Look> look = look_at(machine, tree.root);
    if (!look || look->mark == tree.mark) continue;
    told_[asset] = now;
    out.push_back(asset);
  }
  return out;
}

}  // namespace plimsoll::analyzer
