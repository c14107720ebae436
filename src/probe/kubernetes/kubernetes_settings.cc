#include "probe/kubernetes/kubernetes_settings.h"

#include <algorithm>

#include "probe/kubernetes/components.h"
#include "probe/kubernetes/control_plane.h"
#include "probe/kubernetes/document.h"
#include "probe/kubernetes/kubeconfig.h"
#include "probe/kubernetes/kubelet.h"
#include "probe/kubernetes/node_files.h"
#include "probe/kubernetes/static_pods.h"
#include "probe/kubernetes/support.h"

namespace plimsoll::probe {
namespace {

using namespace kubernetes;
using Members = std::map<std::string, FactTree>;
using Kind = FactTree::Kind;

FactTree kubeconfigs(const system::Files& host, const FactTree& files) {
  std::vector<std::string> paths;
  for (const char* name : {"admin_conf", "super_admin_conf", "bootstrap_kubelet_conf"}) {
    paths.push_back(text_of(files.at(name).at("path")));
  }
  for (const FactTree& file : files.at("user_kubeconfigs").items) paths.push_back(text_of(file.at("path")));
  FactTree out = FactTree::list_of({}, "kubeconfigs of this host");
  for (const std::string& path : paths) {
    if (path.empty()) continue;
    FactTree described = describe_kubeconfig(host, path);
    if (described.kind != Kind::absent) out.items.push_back(std::move(described));
  }
  return out;
}

}  // namespace

FactTree kubernetes_settings(const system::Machine& machine) {
  const Components components(machine);
  const system::Files host(machine);
  Members out;
  FactTree kubelet = read_kubelet(components, host);
  const StaticPods pods = read_static_pods(host, text_of(at_path(kubelet, "settings").at("staticPodPath")));
  out["api_server"] = read_api_server(components, host, pods);
  out["controller_manager"] = read_controller_manager(components, host, pods);
  out["scheduler"] = read_scheduler(components, host, pods);
  out["etcd"] = read_etcd(components, host, pods, out["api_server"]);
  out["kube_proxy"] = read_kube_proxy(components, host);
  const bool here = kubelet.kind != Kind::absent || pods.tree.kind != Kind::absent ||
                    std::any_of(out.begin(), out.end(), [](const auto& m) { return m.second.kind != Kind::absent; });
  if (!here) return {};
  out["control_plane"] = out["api_server"].kind != Kind::absent
                             ? FactTree::of(true, "kube-apiserver")
                             : (components.unseen().empty() ? FactTree::of(false, "no kube-apiserver here")
                                                            : FactTree::unknown_because(components.unseen(), "/proc"));
  out["distribution"] = FactTree::of(components.distribution(), "/proc");
  FactTree version = kubelet.at("version");
  if (version.kind != Kind::text && out["api_server"].at("version").kind == Kind::text) {
    version = out["api_server"].at("version");
  }
  out["supported"] = still_supported(version, machine.now());
  if (kubelet.kind != Kind::absent)
    out["kubelet_minors_behind"] = minors_behind(kubelet.at("version"), out["api_server"]);
  out["kubelet"] = std::move(kubelet);
  out["static_pods"] = pods.tree;
  out["files"] = read_node_files(host);
  out["kubeconfigs"] = kubeconfigs(host, out["files"]);
  out["cni"] = read_cni(host);
  return FactTree::map_of(std::move(out));
}

}  // namespace plimsoll::probe
