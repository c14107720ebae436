#include "probe/kubernetes/control_plane.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "probe/kubernetes/api_documents.h"
#include "probe/kubernetes/document.h"
#include "probe/kubernetes/pod_manifest.h"

namespace plimsoll::probe::kubernetes {
namespace {

using Members = std::map<std::string, FactTree>;
using Kind = FactTree::Kind;

constexpr size_t kMaxText = size_t{1} << 20;

// A program as it runs, or as its static pod would start it: then its files are looked for on the host, where the usual
// manifests mount them from the same paths.
struct Found {
  Component component;
  FactTree manifest_file;  // absent: no static pod
  std::string image_version;
};

std::optional<Found> find(const Components& components, const system::Files& host, const StaticPods& pods,
                          Program program) {
  Found found;
  bool here = false;
  if (const Component* running = components.find(program)) {
    found.component = *running;
    here = true;
  }
  for (const FactTree& manifest : pods.manifests) {
    std::vector<std::string> command = command_of(manifest, name_of(program));
    if (command.empty()) continue;
    found.manifest_file = host.describe(manifest.source);
    found.image_version = image_version_of(manifest, name_of(program));
    if (!here) {
      found.component.arguments.assign(command.begin() + 1, command.end());
      found.component.source = manifest.source;
    }
    here = true;
    break;
  }
  if (!here) return std::nullopt;
  return found;
}

Members begin(const Found& found, const Components& components) {
  Members out;
  const bool hidden = !found.component.running && !components.unseen().empty();
  out["running"] = hidden ? FactTree::unknown_because(components.unseen(), "/proc")
                          : FactTree::of(found.component.running, found.component.source);
  if (found.component.uid) out["uid"] = FactTree::of(static_cast<int64_t>(*found.component.uid));
  if (!found.image_version.empty()) out["version"] = FactTree::of(found.image_version, "the tag of its image");
  return out;
}

// The document a setting names, as `read` understands it; absent when it names none.
template <class Read>
FactTree document_of(const system::Files& files, const FactTree& setting, Read read) {
  if (setting.kind == Kind::unknown) return setting;
  if (text_of(setting).empty()) return {};
  const auto text = files.read(setting.text, kMaxText);
  const auto parsed = text.ok() ? parse_document(*text, setting.text) : Result<FactTree>(text.error());
  if (!parsed.ok()) return FactTree::unknown_because(parsed.error().to_string(), setting.text);
  FactTree facts = read(*parsed);
  if (facts.source.empty()) facts.source = setting.text;
  return facts;
}

// kube-apiserver's plug-ins that are on without being asked for (pkg/kubeapiserver/options/plugins.go); those that
// rules name.
constexpr const char* kOnByDefault[] = {"NamespaceLifecycle", "ServiceAccount", "PodSecurity", "LimitRanger",
                                        "ResourceQuota"};

FactTree active_plugins(const FactTree& settings) {
  const FactTree& enabled = settings.at("enable-admission-plugins");
  const FactTree& disabled = settings.at("disable-admission-plugins");
  for (const FactTree* list : {&enabled, &disabled}) {
    if (list->kind == Kind::unknown) return *list;
  }
  FactTree out = FactTree::list_of({}, enabled.source);
  const auto off = [&](const std::string& name) {
    return std::any_of(disabled.items.begin(), disabled.items.end(), [&](const FactTree& d) { return d.text == name; });
  };
  const auto is_in = [&](const std::string& name) {
    return std::any_of(out.items.begin(), out.items.end(), [&](const FactTree& i) { return i.text == name; });
  };
  for (const char* name : kOnByDefault) {
    if (!off(name)) out.items.push_back(FactTree::of(name));
  }
  for (const FactTree& name : enabled.items) {
    if (!off(name.text) && !is_in(name.text)) out.items.push_back(FactTree::of(name.text));
  }
  return out;
}

// In the order they are asked: by the flag, by the file where no flag is set, else AlwaysAllow.
FactTree authorizers(const system::Files& files, const FactTree& settings) {
  const FactTree& flag = settings.at("authorization-mode");
  if (flag.kind != Kind::absent) return flag;
  FactTree from_file = document_of(files, settings.at("authorization-config"), authorizer_types);
  if (from_file.kind != Kind::absent) return from_file;
  return FactTree::list_of({FactTree::of("AlwaysAllow")}, "kube-apiserver's default");
}

// Anonymous requests: taken, and to some paths only.
FactTree anonymous(const system::Files& files, const FactTree& settings) {
  FactTree from_file = document_of(files, settings.at("authentication-config"), anonymous_of);
  if (from_file.kind != Kind::absent) return from_file;
  const FactTree& flag = settings.at("anonymous-auth");
  return FactTree::map_of({{"enabled", flag}, {"limited", FactTree::of(false)}}, flag.source);
}

// Whether two files hold the same bytes; unknown when one cannot be read.
FactTree same_content(const system::Files& a_files, const FactTree& a, const system::Files& b_files,
                      const FactTree& b) {
  for (const FactTree* setting : {&a, &b}) {
    if (setting->kind == Kind::unknown) return *setting;
  }
  if (text_of(a).empty() || text_of(b).empty()) return {};
  const auto first = a_files.read(a.text, kMaxText), second = b_files.read(b.text, kMaxText);
  if (!first.ok()) return FactTree::unknown_because(first.error().to_string(), a.text);
  if (!second.ok()) return FactTree::unknown_because(second.error().to_string(), b.text);
  return FactTree::of(trim(*first) == trim(*second), a.text + ", " + b.text);
}

}  // namespace

FactTree read_api_server(const Components& components, const system::Files& host, const StaticPods& pods) {
  const auto found = find(components, host, pods, Program::api_server);
  if (!found) return {};
  const system::Files files(components.machine(), found->component.root);
  const FactTree settings = settings_of(Program::api_server, found->component, nullptr);
  Members out = begin(*found, components);
  out["authorizers"] = authorizers(files, settings);
  out["anonymous"] = anonymous(files, settings);
  out["plugins"] = active_plugins(settings);
  out["audit_policy"] = document_of(files, settings.at("audit-policy-file"), audit_policy_of);
  out["provider_of_secrets"] = document_of(files, settings.at("encryption-provider-config"), provider_of_secrets);
  out["pod_security_default"] = document_of(files, settings.at("admission-control-config-file"), pod_security_default);
  const FactTree& keys = settings.at("service-account-key-file");
  out["signs_with_tls_key"] = keys.items.empty()
                                  ? FactTree{}
                                  : same_content(files, keys.items.front(), files, settings.at("tls-private-key-file"));
  out["files"] = FactTree::map_of({{"manifest", found->manifest_file},
                                   {"tls_key", files.named_by(settings.at("tls-private-key-file"))},
                                   {"token_file", files.named_by(settings.at("token-auth-file"))},
                                   {"encryption", files.named_by(settings.at("encryption-provider-config"))}});
  out["root"] = FactTree::of(found->component.root);
  out["settings"] = settings;
  return FactTree::map_of(std::move(out), found->component.source);
}

FactTree read_controller_manager(const Components& components, const system::Files& host, const StaticPods& pods) {
  const auto found = find(components, host, pods, Program::controller_manager);
  if (!found) return {};
  Members out = begin(*found, components);
  out["files"] = FactTree::map_of({{"manifest", found->manifest_file}});
  out["settings"] = settings_of(Program::controller_manager, found->component, nullptr);
  return FactTree::map_of(std::move(out), found->component.source);
}

// A program's own configuration file, by the flag that names it.
struct OwnFile {
  std::optional<FactTree> tree;
  std::string path, unread;
};
OwnFile own_file(const Component& component, const system::Files& files, const char* flag) {
  OwnFile out;
  const Flags flags = parse_flags(component.arguments, is_switch);
  const auto named = flags.find(flag);
  if (named == flags.end()) return out;
  out.path = named->second.back();
  const auto text = files.read(out.path, kMaxText);
  auto parsed = text.ok() ? parse_document(*text, out.path) : Result<FactTree>(text.error());
  if (parsed.ok()) {
    out.tree = std::move(*parsed);
  } else {
    out.unread = parsed.error().to_string();
  }
  return out;
}

FactTree read_scheduler(const Components& components, const system::Files& host, const StaticPods& pods) {
  const auto found = find(components, host, pods, Program::scheduler);
  if (!found) return {};
  const system::Files files(components.machine(), found->component.root);
  const OwnFile config = own_file(found->component, files, "config");
  Members out = begin(*found, components);
  out["files"] = FactTree::map_of({{"manifest", found->manifest_file}});
  out["settings"] =
      settings_of(Program::scheduler, found->component, config.tree ? &*config.tree : nullptr, config.unread);
  return FactTree::map_of(std::move(out), found->component.source);
}

std::vector<std::string> with_etcd_environment(std::string_view environment, std::vector<std::string> arguments) {
  const Flags given = parse_flags(arguments, is_switch);
  std::vector<std::string> out;
  for (const auto entry : split(environment, '\0')) {
    const size_t equals = entry.find('=');
    if (!entry.starts_with("ETCD_") || equals == std::string_view::npos || equals <= 5) continue;
    std::string name = lower(entry.substr(5, equals - 5));
    std::replace(name.begin(), name.end(), '_', '-');
    if (!given.contains(name)) out.push_back("--" + name + "=" + std::string(entry.substr(equals + 1)));
  }
  std::move(arguments.begin(), arguments.end(), std::back_inserter(out));
  return out;
}

FactTree read_etcd(const Components& components, const system::Files& host, const StaticPods& pods,
                   const FactTree& api_server) {
  auto found = find(components, host, pods, Program::etcd);
  if (!found) return {};
  Component& etcd = found->component;
  const system::Files files(components.machine(), etcd.root);
  if (etcd.running && etcd.unread.empty()) {
    const std::string path = "/proc/" + std::to_string(etcd.pid) + "/environ";
    const auto environment = components.machine().read_file(path, kMaxText);
    if (environment.ok()) {
      etcd.arguments = with_etcd_environment(*environment, std::move(etcd.arguments));
    } else {
      etcd.unread = "what its environment sets is not known: " + environment.error().to_string();
    }
  }
  const OwnFile config = own_file(etcd, files, "config-file");
  if (!config.path.empty()) etcd.arguments.clear();  // etcd then ignores all flags and its environment
  FactTree settings = settings_of(Program::etcd, etcd, config.tree ? &*config.tree : nullptr, config.unread);
  Members out = begin(*found, components);
  const system::Files api_files(components.machine(), text_of(api_server.at("root")));
  out["shares_client_ca"] = same_content(files, settings.at("trusted-ca-file"), api_files,
                                         at_path(api_server, "settings").at("client-ca-file"));
  const FactTree& data = settings.at("data-dir");
  FactTree directory = files.named_by(data);
  if (data.kind == Kind::absent) directory = host.first_of({"/var/lib/etcd", "/var/lib/rancher/rke2/server/db/etcd"});
  out["files"] = FactTree::map_of({{"manifest", found->manifest_file},
                                   {"data_directory", std::move(directory)},
                                   {"key", files.named_by(settings.at("key-file"))},
                                   {"peer_key", files.named_by(settings.at("peer-key-file"))}});
  out["settings"] = std::move(settings);
  return FactTree::map_of(std::move(out), etcd.source);
}

FactTree read_kube_proxy(const Components& components, const system::Files& host) {
  const Component* proxy = components.find(Program::kube_proxy);
  if (proxy == nullptr) return {};
  const system::Files inside(components.machine(), proxy->root);
  const system::Files& files = proxy->root.empty() ? host : inside;
  const OwnFile config = own_file(*proxy, files, "config");
  FactTree settings = settings_of(Program::kube_proxy, *proxy, config.tree ? &*config.tree : nullptr, config.unread);
  Members out;
  out["running"] = FactTree::of(true, proxy->source);
  out["files"] = FactTree::map_of({{"config", config.path.empty() ? FactTree{} : files.describe(config.path)},
                                   {"kubeconfig", files.named_by(settings.at("clientConnection.kubeconfig"))}});
  out["settings"] = std::move(settings);
  return FactTree::map_of(std::move(out), proxy->source);
}

}  // namespace plimsoll::probe::kubernetes
