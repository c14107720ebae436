#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::runtime {

// The container that a cgroup path names.
struct CgroupName {
  std::string runtime;  // "docker", "podman", "containerd", "cri-o", "lxc", "systemd-nspawn", "kubernetes"
  std::string id;       // 64 hexadecimal digits, or a name with the runtimes that use names
  std::string path;     // the cgroup itself: the path up to where the container is named
  bool operator==(const CgroupName&) const = default;
};

// Whether it is an id as runtimes make them: 64 hexadecimal digits.
bool is_container_id(std::string_view text);

// The innermost container named by one path of /proc/PID/cgroup; nothing for a path of the host.
std::optional<CgroupName> container_of_cgroup(std::string_view path);

// The same over the whole file, whichever hierarchy tells.
std::optional<CgroupName> container_of_cgroup_file(std::string_view text);

}  // namespace plimsoll::runtime
