#include "analyzer/trees.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "runtime/runtime.h"
#include "system/errno_error.h"

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

Result<TreeSource> opened(TreeSource::Kind kind, const std::string& path, int flags) {
  TreeSource out;
  out.kind = kind;
  out.name = path;
  out.file = system::Descriptor(::open(path.c_str(), flags | O_CLOEXEC));
  if (out.file.valid()) return out;
  if (errno == ENOTDIR) return Error{ErrorKind::unsupported, "not a directory", printable(path)};
  if (errno == ENOENT) return Error{ErrorKind::not_found, "there is no such file", printable(path)};
  return system::errno_error(errno, "open", path);
}

Result<TreeSource> open_root(const std::string& path, std::vector<std::string> skip) {
  PLIMSOLL_TRY(out, opened(TreeSource::Kind::directory, path, O_PATH | O_DIRECTORY));
  out.skip = std::move(skip);
  return out;
}

// Before a runtime has changed the root of a container's first process, its files would be taken for the container's.
bool has_root_of_host(int pid) {
  struct stat own{}, host{};
  if (::stat(("/proc/" + std::to_string(pid) + "/root/").c_str(), &own) != 0) return false;
  if (::stat("/proc/1/root/", &host) != 0) return false;
  return own.st_dev == host.st_dev && own.st_ino == host.st_ino;
}

}  // namespace

Result<TreeSource> open_host_tree(const Report& report) {
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
  PLIMSOLL_TRY(out, open_root("/", std::move(skip)));
  out.forbidden = "proc sys dev run";
  return out;
}

Result<TreeSource> open_container_tree(const ContainerFacts& container) {
  if (container.pid <= 0)
    return Error{ErrorKind::not_found, "no process of the container is known", container.name, "run as root"};
  if (has_root_of_host(container.pid))
    return Error{ErrorKind::conflict, "its root is the host's: it is just starting, or has none of its own",
                 container.name, "scan again"};
  std::vector<std::string> skip = {"proc", "sys", "dev"};
  if (container.mounts.known()) {
    for (const MountFacts& mount : *container.mounts.value) {
      if (mount.target != "/" && is_host_system(mount.host_path)) skip.push_back(relative(mount.target));
    }
  }
  return open_root("/proc/" + std::to_string(container.pid) + "/root", std::move(skip));
}

Result<TreeSource> open_target_tree(const Settings& settings, const Target& target) {
  switch (target.kind) {
    case Target::Kind::rootfs:
      return open_root(target.value, {});
    case Target::Kind::archive:
      // Not held up by a pipe; that it is a regular file is seen by its reader.
      return opened(TreeSource::Kind::archive, target.value, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    case Target::Kind::image: {
      PLIMSOLL_TRY(image, runtime::docker_image(settings.docker_socket, target.value));
      TreeSource out;
      out.kind = TreeSource::Kind::stream;
      out.name = target.value;
      out.stream = std::move(image.bytes);
      out.config = std::move(image.config);
      return out;
    }
    default:
      return opened(TreeSource::Kind::layout, target.value, O_PATH | O_DIRECTORY);
  }
}

}  // namespace plimsoll::analyzer
