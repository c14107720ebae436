#include "probe/container/pod_of.h"

#include "base/text.h"

namespace plimsoll::probe {
namespace {

constexpr const char* kLogs = "/var/log/pods";

std::string label(const ContainerFacts& facts, const char* name) {
  const auto found = facts.labels.find(name);
  return found == facts.labels.end() ? std::string() : found->second;
}

bool is_sandbox(const ContainerFacts& facts) {
  return label(facts, "io.cri-containerd.kind") == "sandbox" ||
         label(facts, "io.kubernetes.docker.type") == "podsandbox" ||
         label(facts, "io.kubernetes.cri-o.ContainerType") == "sandbox";
}

// "/var/lib/kubelet/pods/UID/containers/NAME/..." and "/var/lib/kubelet/pods/UID/etc-hosts".
struct MountedPod {
  std::string uid, container;
};
MountedPod mounted_pod(const ContainerFacts& facts) {
  MountedPod out;
  for (const MountFacts& mount : facts.mounts.known() ? *facts.mounts.value : std::vector<MountFacts>{}) {
    if (!mount.host_path.starts_with(kubelet_pods)) continue;
    const auto parts = split(std::string_view(mount.host_path).substr(kubelet_pods.size()), '/');
    if (parts.size() < 2) continue;
    const bool own = parts[1] == "etc-hosts" || parts[1] == "containers";
    if (!own) continue;
    out.uid = parts[0];
    if (parts[1] == "containers" && parts.size() > 2) out.container = parts[2];
  }
  return out;
}

}  // namespace

FactTree pod_of(const system::Machine& machine, const ContainerFacts& facts) {
  std::string space = label(facts, "io.kubernetes.pod.namespace"), name = label(facts, "io.kubernetes.pod.name");
  std::string uid = label(facts, "io.kubernetes.pod.uid"), container = label(facts, "io.kubernetes.container.name");
  std::string source = "the labels of the container", unknown;
  if (space.empty()) {
    const MountedPod mounted = mounted_pod(facts);
    if (mounted.uid.empty()) return {};
    uid = mounted.uid;
    container = mounted.container;
    source = kLogs;
    const auto names = machine.list_directory(kLogs, 100'000);
    unknown = names.ok() ? "no directory of logs names it" : names.error().to_string();
    for (const std::string& entry : names.ok() ? *names : std::vector<std::string>{}) {
      const auto parts = split(entry, '_');
      if (parts.size() != 3 || parts[2] != uid) continue;
      space = parts[0];
      name = parts[1];
    }
  }
  const auto told = [&](const std::string& text) {
    return text.empty() && !unknown.empty() ? FactTree::unknown_because(unknown, source) : FactTree::of(text, source);
  };
  return FactTree::map_of({{"namespace", told(space)},
                           {"name", told(name)},
                           {"uid", FactTree::of(uid)},
                           {"container", FactTree::of(container)},
                           {"sandbox", FactTree::of(is_sandbox(facts))}},
                          source);
}

}  // namespace plimsoll::probe
