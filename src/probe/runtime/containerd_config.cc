#include <fnmatch.h>

#include <set>

#include "base/text.h"
#include "probe/runtime/daemon_process.h"
#include "probe/runtime/engine_config.h"
#include "probe/runtime/registries.h"
#include "probe/runtime/toml_files.h"

namespace plimsoll::probe {
namespace {

using Kind = FactTree::Kind;
using Members = std::map<std::string, FactTree>;

constexpr const char* kOwnFile = "/etc/containerd/config.toml";
constexpr size_t kMostHosts = 1000, kMostImports = 1000;

// An import may be a pattern; one in more than its last part is not followed, and told. It is relative to the file's
// directory.
Result<std::vector<std::string>> imported(const system::Files& files, const std::string& path, const FactTree& config) {
  std::vector<std::string> out;
  for (const FactTree& import : config.at("imports").items) {
    std::string pattern = import.text;
    if (!pattern.starts_with('/')) pattern = path.substr(0, path.rfind('/') + 1) + pattern;
    const size_t slash = pattern.rfind('/');
    const std::string directory = slash == 0 ? "/" : pattern.substr(0, slash), last = pattern.substr(slash + 1);
    if (directory.find_first_of("*?[") != std::string::npos)
      return Error{ErrorKind::unsupported, "the import " + printable(pattern, 200) + " is not followed", path};
    const auto names = files.list(directory, kMostImports);
    if (!names.ok() && names.error().kind == ErrorKind::not_found) continue;
    if (!names.ok()) return names.error();
    for (const std::string& name : *names) {
      if (::fnmatch(last.c_str(), name.c_str(), FNM_PERIOD) == 0) out.push_back(directory + "/" + name);
    }
  }
  return out;
}

FactTree whole_config(const system::Files& files, const std::string& path) {
  const FactTree config = toml_files(files, {path});
  if (config.kind != Kind::map || config.at("imports").kind != Kind::list) return config;
  auto paths = imported(files, path, config);
  if (!paths.ok()) return FactTree::unknown_because(paths.error().to_string(), path);
  paths->insert(paths->begin(), path);
  return toml_files(files, *paths);
}

// The parts of the CRI plugin by the version of the format: one plugin until 2, two of them in 3.
struct Cri {
  const FactTree &runtime, &images;
  bool on;
};

Cri cri_of(const FactTree& config) {
  const FactTree& plugins = config.at("plugins");
  const FactTree& two = plugins.at("io.containerd.grpc.v1.cri");
  const FactTree& one = two.kind == Kind::map ? two : plugins.at("cri");
  const FactTree& runtime = plugins.at("io.containerd.cri.v1.runtime");
  const FactTree& images = plugins.at("io.containerd.cri.v1.images");
  bool on = true;
  for (const FactTree& name : config.at("disabled_plugins").items) {
    on = on && name.text != "cri" && name.text != "io.containerd.grpc.v1.cri";
  }
  return {runtime.kind == Kind::map ? runtime : one, images.kind == Kind::map ? images : one, on};
}

bool is_plain(const std::string& address) { return address.starts_with("http://") && !is_local_registry(address); }

// Registries of config.toml itself: mirrors without TLS, certificates that are not verified.
void add_inline_registries(const FactTree& registry, std::set<std::string>& out) {
  for (const auto& [host, mirror] : registry.at("mirrors").members) {
    for (const FactTree& endpoint : mirror.at("endpoint").items) {
      if (is_plain(endpoint.text)) out.insert(host);
    }
  }
  for (const auto& [host, config] : registry.at("configs").members) {
    if (config.at("tls").at("insecure_skip_verify").boolean && !is_local_registry(host)) out.insert(host);
  }
}

// CONFIG_PATH/HOST/hosts.toml (containerd's docs/hosts.md); several such directories are separated by colons.
std::string add_host_files(const system::Files& files, const std::string& config_path, std::set<std::string>& out) {
  for (const std::string_view directory : split(config_path, ':')) {
    if (!directory.starts_with('/')) continue;
    const auto hosts = files.list(std::string(directory), kMostHosts);
    if (!hosts.ok() && hosts.error().kind == ErrorKind::not_found) continue;
    if (!hosts.ok()) return hosts.error().to_string();
    for (const std::string& host : *hosts) {
      const FactTree file = toml_files(files, {std::string(directory) + "/" + host + "/hosts.toml"});
      if (file.kind == Kind::unknown) return file.text;
      bool insecure = is_plain(file.at("server").text) || (file.at("skip_verify").boolean && !is_local_registry(host));
      for (const auto& [address, entry] : file.at("host").members) {
        insecure |= is_plain(address) || (entry.at("skip_verify").boolean && !is_local_registry(address));
      }
      if (insecure) out.insert(host);
    }
  }
  return {};
}

FactTree insecure_registries(const system::Files& files, const FactTree& images, const std::string& source) {
  const FactTree& registry = images.at("registry");
  std::set<std::string> found;
  add_inline_registries(registry, found);
  if (const std::string why = add_host_files(files, registry.at("config_path").text, found); !why.empty())
    return FactTree::unknown_because(why, registry.at("config_path").text);
  return FactTree::texts_of(found, source);
}

// Whether privileged containers get none of the host's devices, whichever runtime runs them; the default is that they
// get all.
FactTree without_host_devices(const FactTree& runtime, const std::string& source) {
  const FactTree& runtimes = runtime.at("containerd").at("runtimes");
  bool all = !runtimes.members.empty();
  for (const auto& [name, each] : runtimes.members) all = all && each.at("privileged_without_host_devices").boolean;
  return FactTree::of(all, source);
}

bool truth(const FactTree& node) { return node.kind == Kind::boolean && node.boolean; }

}  // namespace

FactTree containerd_config(const system::Files& files, const std::string& path) {
  const FactTree config = whole_config(files, path);
  if (config.kind == Kind::unknown) return config;
  const std::string source = config.source.empty() ? path : config.source;
  const Cri cri = cri_of(config);
  Members out = {{"cri", FactTree::of(cri.on, source)},
                 {"log_level", config.at("debug").at("level")},
                 {"tcp_address", config.at("grpc").at("tcp_address")},
                 {"metrics_address", config.at("metrics").at("address")}};
  if (cri.on) {
    out["selinux"] = FactTree::of(truth(cri.runtime.at("enable_selinux")), source);
    out["apparmor_disabled"] = FactTree::of(truth(cri.runtime.at("disable_apparmor")), source);
    const FactTree& streams = config.at("plugins").at("io.containerd.grpc.v1.cri");
    const FactTree& server = streams.kind == Kind::map ? streams : cri.runtime;
    out["stream_address"] = server.at("stream_server_address");
    out["stream_tls"] = FactTree::of(truth(server.at("enable_tls_streaming")), source);
    out["privileged_without_host_devices"] = without_host_devices(cri.runtime, source);
    out["insecure_registries"] = insecure_registries(files, cri.images, source);
  }
  return FactTree::map_of(std::move(out), source);
}

std::string containerd_config_path(const std::vector<std::string>& arguments) {
  const Flags flags = parse_flags(arguments);
  for (const char* name : {"config", "c"}) {
    if (const auto given = flags.find(name); given != flags.end()) return given->second.back();
  }
  return kOwnFile;
}

}  // namespace plimsoll::probe
