#include "probe/kubernetes/static_pods.h"

#include <algorithm>

#include "base/text.h"
#include "probe/kubernetes/document.h"
#include "probe/kubernetes/pod_manifest.h"

namespace plimsoll::probe::kubernetes {
namespace {

using Kind = FactTree::Kind;

constexpr size_t kMaxManifest = size_t{1} << 20;
constexpr size_t kMaxManifests = 500;
constexpr const char* kUsual = "/etc/kubernetes/manifests";
constexpr const char* kRke2 = "/var/lib/rancher/rke2/agent/pod-manifests";

}  // namespace

StaticPods read_static_pods(const system::Files& host, const std::string& directory) {
  StaticPods out;
  const FactTree place = directory.empty() ? host.first_of({kUsual, kRke2}) : host.describe(directory);
  if (place.kind == Kind::absent) return out;
  const std::string path = place.kind == Kind::map ? text_of(place.at("path")) : directory;
  std::map<std::string, FactTree> tree;
  tree["directory"] = place;
  std::vector<std::string> names;
  if (text_of(place.at("type")) == "file") {  // staticPodPath may name one file
    names = {""};
  } else {
    const auto listed = host.list(path, 100'000);
    if (!listed.ok()) {
      tree["files"] = tree["pods"] = FactTree::unknown_because(listed.error().to_string(), path);
      out.tree = FactTree::map_of(std::move(tree), path);
      return out;
    }
    names = *listed;
    std::erase_if(names, [](const std::string& name) { return name.starts_with('.'); });  // the kubelet skips them
    std::sort(names.begin(), names.end());
  }
  FactTree files = FactTree::list_of({}, path), pods = FactTree::list_of({}, path);
  if (names.size() > kMaxManifests) {
    pods.items.push_back(FactTree::unknown_because("more than 500 files; the rest is not read", path));
    names.resize(kMaxManifests);
  }
  for (const std::string& name : names) {
    const std::string file = name.empty() ? path : path + "/" + name;
    FactTree described = host.describe(file);
    if (text_of(described.at("type")) == "directory") continue;
    files.items.push_back(std::move(described));
    const auto text = host.read(file, kMaxManifest);
    auto manifest = text.ok() ? parse_document(*text, file) : Result<FactTree>(text.error());
    if (!manifest.ok()) {
      pods.items.push_back(FactTree::unknown_because(manifest.error().to_string(), file));
      continue;
    }
    if (text_of(manifest->at("kind")) != "Pod") continue;
    pods.items.push_back(pod_facts(*manifest));
    out.manifests.push_back(std::move(*manifest));
  }
  tree["files"] = std::move(files);
  tree["pods"] = std::move(pods);
  out.tree = FactTree::map_of(std::move(tree), path);
  return out;
}

}  // namespace plimsoll::probe::kubernetes
