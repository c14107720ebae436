#include "probe/kubernetes/kubelet.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "probe/kubernetes/certificate.h"
#include "probe/kubernetes/document.h"
#include "probe/kubernetes/node_files.h"

namespace plimsoll::probe::kubernetes {
namespace {

using Members = std::map<std::string, FactTree>;
using Kind = FactTree::Kind;

constexpr size_t kMaxConfig = size_t{1} << 20;
constexpr size_t kMaxDropIns = 256;

// Where the installers put it: kubeadm, the clouds, snaps.
const std::vector<std::string> kConfigs = {
    "/var/lib/kubelet/config.yaml", "/etc/kubernetes/kubelet/kubelet-config.json",
    "/etc/kubernetes/kubelet/config.json", "/home/kubernetes/kubelet-config.yaml"};
const std::vector<std::string> kK3sConfigDirectories = {"/var/lib/rancher/k3s/agent/etc/kubelet.conf.d",
                                                        "/var/lib/rancher/rke2/agent/etc/kubelet.conf.d"};
const std::vector<std::string> kKubeconfigs = {
    "/etc/kubernetes/kubelet.conf", "/var/lib/kubelet/kubeconfig", "/var/lib/rancher/k3s/agent/kubelet.kubeconfig",
    "/var/lib/rancher/rke2/agent/kubelet.kubeconfig", "/var/snap/microk8s/current/credentials/kubelet.config"};

struct Config {
  std::string path, directory;  // of the file, of the drop-ins; empty when there is none
  bool found = false;           // any of them was read
  FactTree tree = FactTree::map_of({});
  std::string unread;
};

std::string flag_of(const Flags& flags, const char* name) {
  const auto flag = flags.find(name);
  return flag == flags.end() ? std::string() : flag->second.back();
}

void read_into(Config& config, const system::Files& files, const std::string& path, bool required) {
  const auto text = files.read(path, kMaxConfig);
  if (!text.ok()) {
    if (required || text.error().kind != ErrorKind::not_found) config.unread = text.error().to_string();
    return;
  }
  auto parsed = parse_document(*text, path);
  if (!parsed.ok()) {
    config.unread = parsed.error().to_string();
    return;
  }
  config.found = true;
  for (auto& [name, node] : parsed->members) {
    if (node.kind != Kind::absent) node.source = path;
  }
  lay_over(config.tree, *parsed);
}

Config read_config(const Component* kubelet, const system::Files& files, const Flags& flags) {
  Config config;
  config.path = flag_of(flags, "config");
  config.directory = flag_of(flags, "config-dir");
  const bool told = kubelet != nullptr && kubelet->running && !kubelet->embedded;
  if (!told && config.path.empty()) {
    const FactTree file = files.first_of(kConfigs);
    config.path = text_of(file.at("path"));
  }
  if (!told && config.directory.empty()) {
    const FactTree directory = files.first_of(kK3sConfigDirectories);
    config.directory = text_of(directory.at("path"));
  }
  if (!config.path.empty()) read_into(config, files, config.path, told);
  if (!config.directory.empty()) {
    const auto names = files.list(config.directory, 4096);
    if (!names.ok()) config.unread = names.error().to_string();
    std::vector<std::string> sorted = names.ok() ? *names : std::vector<std::string>{};
    std::erase_if(sorted, [](const std::string& name) { return !name.ends_with(".conf"); });
    std::sort(sorted.begin(), sorted.end());
    if (sorted.size() > kMaxDropIns) config.unread = "more than 256 drop-in files in " + config.directory;
    sorted.resize(std::min(sorted.size(), kMaxDropIns));
    for (const std::string& name : sorted) read_into(config, files, config.directory + "/" + name, true);
  }
  config.tree.source = config.path.empty() ? config.directory : config.path;
  return config;
}

// The certificate the kubelet shows to the API server: how long it is still good.
FactTree client_certificate(const system::Files& files, const std::string& path) {
  const auto text = files.read(path, kMaxConfig);
  if (!text.ok() && text.error().kind == ErrorKind::not_found) return {};
  if (!text.ok()) return FactTree::unknown_because(text.error().to_string(), path);
  const auto certificate = read_certificate(*text);
  if (!certificate.ok()) return FactTree::unknown_because(certificate.error().message, path);
  const int64_t left = (certificate->not_after - files.machine().now()).count() / 86'400;
  return FactTree::map_of({{"days_left", FactTree::of(left)}}, path);
}

FactTree files_of(const system::Files& files, const Config& config, const FactTree& settings) {
  const std::string certificates = text_of(settings.at("cert-dir")), kubeconfig = text_of(settings.at("kubeconfig"));
  Members out;
  out["config"] = config.path.empty() ? FactTree{} : files.describe(config.path);
  out["drop_in_directory"] = config.directory.empty() ? FactTree{} : files.describe(config.directory);
  out["drop_ins"] = config.directory.empty() ? FactTree{} : files.below(config.directory, ".conf", 0);
  out["kubeconfig"] = kubeconfig.empty() ? files.first_of(kKubeconfigs) : files.describe(kubeconfig);
  out["client_key"] = files.describe(certificates + "/kubelet-client-current.pem");
  out["serving_key"] = files.describe(certificates + "/kubelet-server-current.pem");
  out["client_ca"] = files.named_by(settings.at("authentication.x509.clientCAFile"));
  out["tls_key"] = files.named_by(settings.at("tlsPrivateKeyFile"));
  out["root"] = files.describe(text_of(settings.at("root-dir")));
  out["credential_plugins"] = files.named_by(settings.at("image-credential-provider-bin-dir"));
  const std::string plugins = text_of(settings.at("image-credential-provider-bin-dir"));
  out["credential_plugin_programs"] = plugins.empty() ? FactTree{} : files.below(plugins, "", 0);
  return FactTree::map_of(std::move(out));
}

}  // namespace

FactTree read_kubelet(const Components& components, const system::Files& host) {
  const Component* running = components.find(Program::kubelet);
  const bool set_up = host.first_of(kConfigs).kind != Kind::absent;
  if (running == nullptr && !set_up) return {};
  const system::Files inside(components.machine(), running ? running->root : "");
  const system::Files& files = running && !running->root.empty() ? inside : host;
  Component kubelet;
  if (running != nullptr) {
    kubelet = *running;
  } else {
    kubelet.source = "/proc";
    kubelet.unread = components.unseen().empty() ? "" : "it cannot be seen whether it runs: " + components.unseen();
  }
  const Flags flags = parse_flags(kubelet.arguments, is_switch);
  const Config config = read_config(running, files, flags);
  FactTree settings = settings_of(Program::kubelet, kubelet, config.found ? &config.tree : nullptr, config.unread);

  Members out;
  out["running"] = running == nullptr && !components.unseen().empty() ? FactTree::unknown_because(components.unseen())
                                                                      : FactTree::of(running != nullptr, "/proc");
  out["configured"] = FactTree::of(config.found, config.tree.source);
  out["files"] = files_of(files, config, settings);
  out["client_certificate"] =
      client_certificate(files, text_of(settings.at("cert-dir")) + "/kubelet-client-current.pem");
  out["version"] = installed_version(host, "kubelet");
  out["units"] = kubelet_units(host);
  out["settings"] = std::move(settings);
  return FactTree::map_of(std::move(out), kubelet.source);
}

}  // namespace plimsoll::probe::kubernetes
