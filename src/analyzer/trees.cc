#include "analyzer/trees.h"

#include <algorithm>

namespace plimsoll::analyzer {
namespace {

// A host path whose mount brings the host's own system into a container: the root or a directory directly below it.
bool is_host_system(const std::string& host_path) {
  return !host_path.empty() && std::count(host_path.begin(), host_path.end(), '/') == 1;
}

std::string relative(const std::string& path) {
  const size_t start = path.find_first_not_of('/');
  return start == std::string::npos ? "" : path.substr(start);
}

}  // namespace

Result<std::unique_ptr<rootfs::Tree>> open_host_tree(const Report& report) {
  std::vector<std::string> skip = {"proc",
                                   "sys",
                                   "dev",
                                   "run",
                                   "var/lib/docker",
                                   "var/lib/containerd",
                                   "var/lib/containers",
                                   "var/lib/lxc",
                                   "var/lib/machines",
                                   "var/lib/kubelet/pods",
                                   "var/snap"};
  for (const AssetReport& asset : report.assets) {
    if (!asset.host) continue;
    for (const RuntimeFacts& runtime : asset.host->runtimes) {
      const auto root = runtime.settings.find("data-root");
      if (root != runtime.settings.end() && root->second.known()) skip.push_back(relative(*root->second.value));
    }
  }
  return rootfs::open_directory("/", std::move(skip));
}

Result<std::unique_ptr<rootfs::Tree>> open_container_tree(const ContainerFacts& container) {
  if (container.pid <= 0)
    return Error{ErrorKind::not_found, "no process of the container is known", container.name, "run as root"};
  std::vector<std::string> skip = {"proc", "sys", "dev"};
  if (container.mounts.known()) {
    for (const MountFacts& mount : *container.mounts.value) {
      if (mount.target != "/" && is_host_system(mount.host_path)) skip.push_back(relative(mount.target));
    }
  }
  return rootfs::open_directory("/proc/" + std::to_string(container.pid) + "/root", std::move(skip));
}

}  // namespace plimsoll::analyzer
