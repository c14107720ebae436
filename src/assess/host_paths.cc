#include "assess/host_paths.h"

#include <algorithm>
#include <array>
#include <string>

namespace plimsoll::assess {
namespace {

// Normal in any container: names, time, certificates. Neither code nor secret, although below /etc or /usr.
constexpr std::array<std::string_view, 13> kHarmless = {"/etc/localtime",
                                                        "/etc/timezone",
                                                        "/etc/resolv.conf",
                                                        "/etc/hosts",
                                                        "/etc/hostname",
                                                        "/etc/machine-id",
                                                        "/etc/ssl/certs",
                                                        "/etc/ca-certificates",
                                                        "/etc/pki/ca-trust",
                                                        "/etc/os-release",
                                                        "/usr/share/zoneinfo",
                                                        "/usr/share/ca-certificates",
                                                        "/usr/local/share/ca-certificates"};

constexpr std::array<std::string_view, 22> kKernelFilesystems = {
    "proc",       "sysfs",      "cgroup",    "cgroup2",  "devpts",      "mqueue", "debugfs", "tracefs",
    "securityfs", "bpf",        "pstore",    "configfs", "binfmt_misc", "nsfs",   "fusectl", "hugetlbfs",
    "efivarfs",   "rpc_pipefs", "selinuxfs", "autofs",   "devtmpfs",    "sockfs"};

// The path as the host names it: /var/run is /run on every current distribution; "//deleted" is the kernel's suffix.
std::string clean(std::string_view path) {
  constexpr std::string_view kDeleted = "//deleted";
  if (path.size() >= kDeleted.size() && path.substr(path.size() - kDeleted.size()) == kDeleted) {
    path.remove_suffix(kDeleted.size());
  }
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  if (path_within(path, "/var/run")) return "/run" + std::string(path.substr(8));
  return std::string(path);
}

}  // namespace

bool path_within(std::string_view inner, std::string_view outer) {
  if (outer == "/") return !inner.empty() && inner.front() == '/';
  return inner.size() >= outer.size() && inner.substr(0, outer.size()) == outer &&
         (inner.size() == outer.size() || inner[outer.size()] == '/');
}

bool is_kernel_filesystem(std::string_view fs_type) {
  return std::find(kKernelFilesystems.begin(), kKernelFilesystems.end(), fs_type) != kKernelFilesystems.end();
}

const std::vector<HostPathRow>& host_path_table() {
  // Below the state directories of runtimes and the kubelet lie volumes and small files that any container mounts:
  // there only the directory itself, what contains it, and the named parts count.
  static const std::vector<HostPathRow> rows = {
      {"/etc/kubernetes", true, true},
      {"/etc/cni", true, false},
      {"/etc/cdi", true, false},
      {"/etc/docker", true, false},
      {"/etc/containerd", true, false},
      {"/etc", true, true},
      {"/root", true, true},
      {"/home", true, true},
      {"/usr", true, false},
      {"/bin", true, false},
      {"/sbin", true, false},
      {"/lib", true, false},
      {"/lib32", true, false},
      {"/lib64", true, false},
      {"/boot", true, false},
      {"/opt/cni/bin", true, false},
      {"/opt", true, false},
      {"/var/spool/cron", true, false},
      {"/run/systemd", true, false},
      {"/run/cdi", true, false},
      {"/run", true, false, false},
      {"/run/user", true, true},
      {"/var/lib/docker", true, true, false},
      {"/var/lib/docker/overlay2", true, true},
      {"/var/lib/docker/image", true, false},
      {"/var/lib/docker/containers", true, true, false},
      {"/var/lib/docker/plugins", true, false},
      {"/var/lib/containerd", true, true, false},
      {"/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs", true, true},
      {"/var/lib/containerd/io.containerd.content.v1.content", true, false},
      {"/var/lib/containers", true, true, false},
      {"/var/lib/containers/storage", true, true, false},
      {"/var/lib/containers/storage/overlay", true, true},
      {"/var/lib/kubelet", true, true, false},
      {"/var/lib/kubelet/pki", true, true},
      {"/var/lib/kubelet/plugins", true, false},
      {"/var/lib/kubelet/plugins_registry", true, false},
      {"/var/lib/kubelet/device-plugins", true, false},
      {"/var/lib/etcd", true, true},
      {"/var/lib/rancher/k3s/server", true, true},
      {"/var/lib/rancher/rke2/server", true, true},
      {"/var/lib/cloud", false, true},
  };
  return rows;
}

HostPathExposure host_path_exposure(const MountFacts& mount) {
  HostPathExposure out;
  if (mount.host_path.empty() || mount.host_path.front() != '/') return out;
  if (mount.target == "/" || mount.is_socket || is_kernel_filesystem(mount.fs_type)) return out;
  const std::string path = clean(mount.host_path);
  if (std::any_of(kHarmless.begin(), kHarmless.end(), [&](std::string_view h) { return path_within(path, h); }))
    return out;
  for (const HostPathRow& row : host_path_table()) {
    const bool matches = path_within(row.path, path) || (row.below && path_within(path, row.path));
    if (!matches) continue;
    if (row.plants && out.plants == nullptr) out.plants = &row;
    if (row.secrets && out.secrets == nullptr) out.secrets = &row;
  }
  return out;
}

}  // namespace plimsoll::assess
