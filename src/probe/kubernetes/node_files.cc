#include "probe/kubernetes/node_files.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "probe/kubernetes/document.h"

namespace plimsoll::probe::kubernetes {
namespace {

using Members = std::map<std::string, FactTree>;
using Kind = FactTree::Kind;

constexpr size_t kMaxText = size_t{1} << 20;
constexpr size_t kMaxStatus = size_t{32} << 20;  // dpkg's

struct Named {
  const char* name;
  std::vector<std::string> paths;  // the first that exists
};

// kubeadm's place first, then those of the distributions.
const std::vector<Named> kFiles = {
    {"admin_conf", {"/etc/kubernetes/admin.conf", "/etc/rancher/k3s/k3s.yaml", "/etc/rancher/rke2/rke2.yaml"}},
    {"super_admin_conf", {"/etc/kubernetes/super-admin.conf"}},
    {"scheduler_conf", {"/etc/kubernetes/scheduler.conf", "/var/lib/rancher/k3s/server/cred/scheduler.kubeconfig"}},
    {"controller_manager_conf",
     {"/etc/kubernetes/controller-manager.conf", "/var/lib/rancher/k3s/server/cred/controller.kubeconfig"}},
    {"bootstrap_kubelet_conf", {"/etc/kubernetes/bootstrap-kubelet.conf", "/var/lib/kubelet/bootstrap-kubeconfig"}},
    {"azure_json", {"/etc/kubernetes/azure.json"}},
    {"ca_key", {"/etc/kubernetes/pki/ca.key"}},
    {"sa_key", {"/etc/kubernetes/pki/sa.key"}},
    {"pki_directory", {"/etc/kubernetes/pki"}},
    {"kubernetes_directory", {"/etc/kubernetes"}},
};

// Plug-ins that enforce NetworkPolicy themselves, by their type in a CNI configuration.
constexpr std::array kEnforcing = {"calico",      "cilium-cni",          "antrea",     "weave-net",
                                   "kube-router", "ovn-k8s-cni-overlay", "azure-vnet", "kube-ovn"};
// Types that only wire up, or hand on to another: they tell nothing of policies.
constexpr std::array kUndecided = {"multus", "multus-shim", "aws-cni", "istio-cni", "linkerd-cni"};

// All below the PKI directory, the directories too: who may replace a directory replaces what is in it.
void collect_directories(const system::Files& host, const std::string& directory, int depth,
                         std::vector<FactTree>& out) {
  out.push_back(host.describe(directory));
  const auto names = host.list(directory, 4096);
  for (const std::string& name : names.ok() && depth > 0 ? *names : std::vector<std::string>{}) {
    const FactTree file = host.describe(directory + "/" + name);
    if (text_of(file.at("type")) == "directory") collect_directories(host, directory + "/" + name, depth - 1, out);
  }
}

void add_pki(const system::Files& host, Members& out) {
  const std::string directory = "/etc/kubernetes/pki";
  if (out.at("pki_directory").kind == Kind::absent) return;
  FactTree all = host.below(directory, "", 3);
  collect_directories(host, directory, 3, all.items);
  out["pki"] = std::move(all);
  out["certificates"] = host.below(directory, ".crt", 3);
  out["keys"] = host.below(directory, ".key", 3);
}

void add_types(const FactTree& node, std::set<std::string>& types) {
  if (!text_of(node.at("type")).empty()) types.insert(printable(text_of(node.at("type")), 64));
  for (const FactTree& plugin : node.at("plugins").items) {
    if (!text_of(plugin.at("type")).empty()) types.insert(printable(text_of(plugin.at("type")), 64));
  }
}

FactTree enforces_policies(const std::set<std::string>& types, const std::string& unread, const std::string& source) {
  const auto is = [&](const auto& names) {
    return std::any_of(names.begin(), names.end(), [&](const char* name) { return types.contains(name); });
  };
  if (is(kEnforcing)) return FactTree::of(true, source);
  if (!unread.empty()) return FactTree::unknown_because(unread, source);
  if (is(kUndecided)) return FactTree::unknown_because("the plug-in hands on to others that it does not name", source);
  return FactTree::of(false, source);
}

}  // namespace

FactTree read_cni(const system::Files& host, const std::string& directory) {
  const auto names = host.list(directory, 4096);
  if (!names.ok()) {
    return names.error().kind == ErrorKind::not_found ? FactTree{}
                                                      : FactTree::unknown_because(names.error().to_string(), directory);
  }
  std::vector<std::string> sorted = *names;
  std::sort(sorted.begin(), sorted.end());
  std::set<std::string> types;
  std::string unread;
  bool found = false;
  FactTree files = host.below(directory, "", 1);
  for (const std::string& name : sorted) {  // libcni: the first by name is the one in use
    if (!name.ends_with(".conf") && !name.ends_with(".conflist") && !name.ends_with(".json")) continue;
    const auto text = host.read(directory + "/" + name, kMaxText);
    const auto parsed = text.ok() ? parse_document(*text, directory + "/" + name) : Result<FactTree>(text.error());
    if (parsed.ok()) {
      add_types(*parsed, types);
    } else {
      unread = parsed.error().to_string();
    }
    found = true;
    break;
  }
  if (!found && files.items.empty()) return {};
  return FactTree::map_of({{"types", unread.empty() ? FactTree::texts_of(types) : FactTree::unknown_because(unread)},
                           {"enforces_policies", found ? enforces_policies(types, unread, directory) : FactTree{}},
                           {"directory", host.describe(directory)},
                           {"files", std::move(files)},
                           {"programs", host.below("/opt/cni/bin", "", 0)}},
                          directory);
}

FactTree kubelet_units(const system::Files& host) {
  std::vector<FactTree> out;
  std::set<std::string> seen;
  for (const char* directory : {"/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
                                "/usr/lib/systemd/system", "/lib/systemd/system"}) {
    const std::string unit = directory + std::string("/kubelet.service");
    std::vector<FactTree> here = host.below(unit + ".d", ".conf", 0).items;
    here.push_back(host.describe(unit));
    for (FactTree& file : here) {
      if (file.kind == Kind::absent) continue;
      if (file.kind == Kind::unknown || seen.insert(text_of(file.at("path"))).second) out.push_back(std::move(file));
    }
  }
  return FactTree::list_of(std::move(out), "kubelet.service and its drop-ins");
}

FactTree installed_version(const system::Files& host, const std::string& package) {
  const std::string path = "/var/lib/dpkg/status";
  const auto status = host.read(path, kMaxStatus);
  if (!status.ok()) return FactTree::unknown_because("no package database that tells: " + status.error().message, path);
  bool mine = false;
  for (const auto line : split(*status, '\n')) {
    if (line.starts_with("Package: ")) mine = trim(line.substr(9)) == package;
    if (!mine || !line.starts_with("Version: ")) continue;
    std::string_view version = trim(line.substr(9));
    if (const size_t colon = version.find(':'); colon != std::string_view::npos) version.remove_prefix(colon + 1);
    return FactTree::of(printable(version.substr(0, version.rfind('-')), 80), path);
  }
  return FactTree::unknown_because("dpkg knows no package " + package, path);
}

FactTree read_node_files(const system::Files& host) {
  Members out;
  for (const Named& file : kFiles) out[file.name] = host.first_of(file.paths);
  add_pki(host, out);
  std::vector<FactTree> personal;
  for (const std::string& home : host.homes()) {
    FactTree file = host.describe(home + "/.kube/config");
    if (file.kind != Kind::absent) personal.push_back(std::move(file));
  }
  out["user_kubeconfigs"] = FactTree::list_of(std::move(personal), "~/.kube/config");
  out["cri_socket"] =
      host.first_of({"/run/containerd/containerd.sock", "/run/crio/crio.sock", "/run/k3s/containerd/containerd.sock",
                     "/var/snap/microk8s/common/run/containerd.sock", "/run/cri-dockerd.sock"});
  out["cri_dockerd_socket"] = host.describe("/run/cri-dockerd.sock");
  return FactTree::map_of(std::move(out), "files of this host");
}

}  // namespace plimsoll::probe::kubernetes
