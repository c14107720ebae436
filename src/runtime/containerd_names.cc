#include "runtime/containerd_names.h"

#include "base/text.h"
#include "runtime/cgroup_names.h"
#include "system/proc_status.h"

namespace plimsoll::runtime {
namespace {

std::string label(const ContainerdContainer& container, const char* name) {
  const auto found = container.labels.find(name);
  return found == container.labels.end() ? std::string() : found->second;
}

// The part of `path` up to where the component that `is_its` tells of ends; empty when there is none.
template <class Is>
std::string up_to(std::string_view path, const Is& is_its) {
  std::string_view parent;
  size_t begin = 0;
  while (begin < path.size()) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    if (!part.empty() && is_its(parent, part)) return std::string(path.substr(0, end));
    parent = part;
    begin = end + 1;
  }
  return {};
}

}  // namespace

std::string containerd_id(const ContainerdName& name) {
  const bool alone = is_container_id(name.id) || name.space == "default" || name.space == "k8s.io";
  return alone ? name.id : name.space + "/" + name.id;
}

// https://github.com/containerd/containerd/blob/main/docs/cri: kubelet's labels;
// https://github.com/containerd/nerdctl/blob/main/pkg/labels/labels.go
std::string containerd_called(const ContainerdContainer& container) {
  const std::string pod = label(container, "io.kubernetes.pod.name");
  if (!pod.empty()) {
    const std::string own = label(container, "io.kubernetes.container.name");
    const std::string whole = label(container, "io.kubernetes.pod.namespace") + "/" + pod;
    return own.empty() ? whole : whole + "/" + own;
  }
  if (const std::string given = label(container, "nerdctl/name"); !given.empty()) return given;
  return is_container_id(container.id) ? container.id.substr(0, 12) : container.id;
}

bool is_pod_sandbox(const ContainerdContainer& container) {
  return label(container, "io.cri-containerd.kind") == "sandbox";
}

std::string containerd_cgroup(std::string_view cgroups, const ContainerdName& name, const std::string& set) {
  const std::string scope = "-" + name.id + ".scope";
  const bool is_unique = is_container_id(name.id);
  for (const system::CgroupLine& line : system::parse_cgroup(cgroups)) {
    if (line.path.size() > 1 && line.path == set) return line.path;
    std::string found = up_to(line.path, [&](std::string_view parent, std::string_view part) {
      if (is_unique) return part == name.id || part.ends_with(scope);
      return part == name.id && parent == name.space;  // as containerd's client makes it
    });
    if (!found.empty()) return found;
  }
  return {};
}

}  // namespace plimsoll::runtime
