#include "probe/runtime/service_files.h"

#include <array>

#include "base/text.h"
#include "system/initial_namespaces.h"
#include "system/mountinfo.h"

namespace plimsoll::probe {
namespace {

using Members = std::map<std::string, FactTree>;
using Kind = FactTree::Kind;

// Where systemd looks, in its order (systemd.unit(5), "Unit File Load Path").
constexpr std::array kUnitDirectories = {"/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
                                         "/usr/lib/systemd/system", "/lib/systemd/system"};

FactTree unit(const system::Files& files, const std::string& name) {
  std::vector<std::string> paths;
  for (const char* directory : kUnitDirectories) paths.push_back(directory + ("/" + name));
  return files.first_of(paths);
}

FactTree drop_ins(const system::Files& files, const std::string& name) {
  std::vector<FactTree> out;
  for (const char* directory : kUnitDirectories) {
    if (std::string(directory) == "/lib/systemd/system" && files.resolve("/lib") == files.resolve("/usr/lib")) continue;
    for (FactTree& file : files.below(directory + ("/" + name + ".d"), ".conf", 0).items)
      out.push_back(std::move(file));
  }
  return FactTree::list_of(std::move(out));
}

FactTree program(const system::Files& files, const std::string& name) {
  std::vector<std::string> paths;
  for (const char* directory : {"/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/"}) {
    paths.push_back(directory + name);
  }
  return files.first_of(paths);
}

Members docker_files(const system::Files& files, const FactTree& engine) {
  const FactTree& daemon = engine.at("daemon");
  Members out;
  out["service_unit"] = unit(files, "docker.service");
  out["socket_unit"] = unit(files, "docker.socket");
  out["drop_ins"] = drop_ins(files, "docker.service");
  out["etc_docker"] = files.describe("/etc/docker");
  out["registry_certificates"] = files.below("/etc/docker/certs.d", ".crt", 2);
  out["tls_ca"] = files.named_by(daemon.at("tlscacert"));
  out["tls_certificate"] = files.named_by(daemon.at("tlscert"));
  out["tls_key"] = files.named_by(daemon.at("tlskey"));
  out["socket"] = files.describe(engine.at("socket").text);
  out["daemon_json"] = engine.at("config_file");
  out["default_docker"] = files.describe("/etc/default/docker");
  out["sysconfig_docker"] = files.describe("/etc/sysconfig/docker");
  out["containerd_socket"] =
      files.first_of({"/run/containerd/containerd.sock", "/run/docker/containerd/containerd.sock"});
  out["containerd_config"] = files.describe("/etc/containerd/config.toml");
  out["dockerd"] = engine.at("program").kind == Kind::map ? engine.at("program") : program(files, "dockerd");
  for (const char* name :
       {"containerd", "containerd-shim", "containerd-shim-runc-v1", "containerd-shim-runc-v2", "runc"}) {
    out[name] = program(files, name);
  }
  out["registry_credentials"] = files.describe("/root/.docker/config.json");
  return out;
}

// Files that are there and watched, by the name of the file.
FactTree audited(const AuditedPaths& audit, const Members& files) {
  Members out;
  for (const char* name :
       {"service_unit", "socket_unit", "socket", "etc_docker", "daemon_json", "default_docker", "sysconfig_docker",
        "containerd_socket", "containerd_config", "dockerd", "containerd", "containerd-shim", "containerd-shim-runc-v1",
        "containerd-shim-runc-v2", "runc", "run_containerd", "data_root"}) {
    if (const auto file = files.find(name); file != files.end()) out[name] = audit.of(file->second);
  }
  return FactTree::map_of(std::move(out), "audit rules");
}

// The data root with `mount_point` (something is mounted right there) and `own_file_system` (and it is not the one of
// "/"). With a user-namespace remap the engine's root is a directory of its own below the one that is mounted.
FactTree data_root(const system::Files& files, const FactTree& engine) {
  const FactTree& path = engine.at("daemon").at("data-root");
  if (path.kind != Kind::text) return path;
  FactTree root = files.describe(path.text);
  if (root.kind != Kind::map) return root;
  const auto mounts = system::host_mounts(files.machine(), system::initial_namespaces(files.machine()));
  if (!mounts.known()) {
    root.members["own_file_system"] = root.members["mount_point"] =
        FactTree::unknown_because(mounts.unknown, mounts.source);
    return root;
  }
  std::string place = files.resolve(path.text);
  const std::string last = place.substr(place.rfind('/') + 1);
  if (engine.at("security").at("userns").kind != Kind::absent && last.find('.') != std::string::npos) {
    place.resize(place.rfind('/'));
  }
  const system::Mount* own = system::covering_mount(*mounts.value, place);
  const system::Mount* top = system::covering_mount(*mounts.value, "/");
  const bool mounted = own != nullptr && own->target == place;
  root.members["mount_point"] = FactTree::of(mounted, mounts.source);
  root.members["own_file_system"] =
      FactTree::of(mounted && top != nullptr && own->device != top->device, mounts.source);
  return root;
}

std::string assigned(std::string_view text, std::string_view name) {
  std::string value;
  for (const auto line : split(text, '\n')) {
    std::string_view rest = trim(line);
    if (rest.starts_with("export ")) rest = trim(rest.substr(7));
    if (!rest.starts_with(name) || rest.size() <= name.size() || rest[name.size()] != '=') continue;
    value = rest.substr(name.size() + 1);
    std::erase_if(value, [](char c) { return c == '"' || c == '\''; });
  }
  return value;
}

}  // namespace

FactTree content_trust(const system::Files& files) {
  std::vector<std::string> paths = {"/etc/environment", "/etc/profile"};
  const auto names = files.machine().list_directory("/etc/profile.d", 1000);
  for (const std::string& name : names.ok() ? *names : std::vector<std::string>{}) {
    if (name.ends_with(".sh")) paths.push_back("/etc/profile.d/" + name);
  }
  std::string unknown;
  for (const std::string& path : paths) {
    const auto text = files.read(path, size_t{1} << 20);
    if (!text.ok() && text.error().kind != ErrorKind::not_found) unknown = text.error().to_string();
    const std::string value = text.ok() ? assigned(*text, "DOCKER_CONTENT_TRUST") : "";
    if (!value.empty()) return FactTree::of(value == "1", path);
  }
  if (!unknown.empty()) return FactTree::unknown_because(unknown);
  return FactTree::of(false, "/etc/environment, /etc/profile, /etc/profile.d");
}

void add_docker_files(const system::Files& files, const AuditedPaths& audit, FactTree& engine) {
  Members found = docker_files(files, engine);
  engine.members["data_root"] = data_root(files, engine);
  Members watched = found;
  watched["run_containerd"] = files.first_of({"/run/containerd", "/run/docker/containerd"});
  watched["data_root"] = engine.at("data_root");
  engine.members["audit"] = audited(audit, watched);
  engine.members["files"] = FactTree::map_of(std::move(found), "files of this host");
  const FactTree& group = engine.at("daemon").at("group");
  engine.members["group_members"] =
      files.members_of(group.kind == Kind::text && !group.text.empty() ? group.text : "docker");
  engine.members["content_trust"] = content_trust(files);
}

void add_other_files(const system::Files& files, const AuditedPaths& audit, const std::string& kind, FactTree& engine) {
  const bool crio = kind == "cri-o";
  Members found;
  found["service_unit"] = unit(files, crio ? "crio.service" : "containerd.service");
  found["drop_ins"] = drop_ins(files, crio ? "crio.service" : "containerd.service");
  if (crio) {
    found["socket"] = files.describe("/run/crio/crio.sock");
    found["config"] = files.describe("/etc/crio/crio.conf");
  } else {
    found["containerd_socket"] = files.describe("/run/containerd/containerd.sock");
    found["containerd_config"] = files.describe("/etc/containerd/config.toml");
    found["containerd"] = program(files, "containerd");
    for (const char* name : {"containerd-shim", "containerd-shim-runc-v1", "containerd-shim-runc-v2"}) {
      found[name] = program(files, name);
    }
  }
  found["runc"] = program(files, "runc");
  Members watched = found;
  if (!crio) watched["run_containerd"] = files.describe("/run/containerd");
  engine.members["audit"] = audited(audit, watched);
  engine.members["files"] = FactTree::map_of(std::move(found), "files of this host");
}

}  // namespace plimsoll::probe
