#include "probe/runtime/runtime_settings.h"

#include <algorithm>

#include "probe/runtime/audited.h"
#include "probe/runtime/daemon_process.h"
#include "probe/runtime/daemon_settings.h"
#include "probe/runtime/engine_config.h"
#include "probe/runtime/service_files.h"
#include "runtime/runtime.h"
#include "system/connections.h"
#include "system/files.h"

namespace plimsoll::probe {
namespace {

using Kind = FactTree::Kind;

constexpr uint16_t kSwarmPort = 2377;

// Addresses on which the daemon's network namespace takes connections of other managers.
void add_swarm_listeners(const system::Machine& machine, const DaemonProcess* process, FactTree& engine) {
  FactTree& swarm = engine.members["swarm"];
  if (!swarm.at("active").boolean) return;
  if (!process) {
    swarm.members["addresses"] = FactTree::unknown_because("no dockerd process is seen on this host", "/proc");
    return;
  }
  const auto sockets = system::read_sockets(machine, std::to_string(process->pid));
  const std::string source = "/proc/" + std::to_string(process->pid) + "/net/tcp";
  if (!sockets.errors.empty()) {
    swarm.members["addresses"] = FactTree::unknown_because(sockets.errors.front().message, source);
    return;
  }
  std::vector<FactTree> addresses;
  for (const Listener& listener : system::listeners_of(sockets.rows, {}, false)) {
    if (listener.port == kSwarmPort && listener.transport == Transport::tcp) {
      addresses.push_back(FactTree::of(listener.address));
    }
  }
  swarm.members["addresses"] = FactTree::list_of(std::move(addresses), source);
}

FactTree bare(const std::string& kind, const DaemonProcess& process) {
  const std::string directory = "/proc/" + std::to_string(process.pid);
  FactTree engine = runtime::unanswered_settings(kind, "", "it is not asked for its settings");
  for (const char* name : {"socket", "networks", "images", "info", "swarm", "security", "api_version",
                           "insecure_registries", "registry_mirrors", "components"}) {
    engine.members.erase(name);
  }
  engine.members["rootless"] = process.uid ? FactTree::of(*process.uid != 0, directory + "/status")
                                           : FactTree::unknown_because("no line Uid", directory + "/status");
  engine.source = directory;
  return engine;
}

class Host {
 public:
  explicit Host(const system::Machine& machine) : machine_(machine), files_(machine), audit_(files_) {
    dockers_ = look_for("dockerd");
  }

  void complete(FactTree& engine) const {
    if (engine.at("kind").text == "podman") engine.members["config"] = podman_config(files_, home_of(engine));
    if (engine.at("kind").text != "docker") return;
    const DaemonProcess* process = daemon_of(dockers_, files_, engine.at("socket").text);
    add_daemon(files_, process, unseen_, engine);
    add_docker_files(files_, audit_, engine);
    add_swarm_listeners(machine_, process, engine);
  }

  void add_unanswered(std::vector<FactTree>& engines) {
    const bool docker = std::any_of(engines.begin(), engines.end(),
                                    [](const FactTree& engine) { return engine.at("kind").text == "docker"; });
    if (!docker && !dockers_.empty()) {
      engines.push_back(
          runtime::unanswered_settings("docker", "/var/run/docker.sock", "it does not answer on its socket"));
    }
    for (const DaemonProcess& containerd : look_for("containerd")) {
      const bool of_docker = std::any_of(dockers_.begin(), dockers_.end(),
                                         [&](const DaemonProcess& parent) { return parent.pid == containerd.parent; });
      if (!of_docker) add_bare("containerd", containerd, engines);
    }
    for (const DaemonProcess& crio : look_for("crio")) add_bare("cri-o", crio, engines);
    add_podman_without_service(engines);
  }

 private:
  std::vector<DaemonProcess> look_for(const std::string& name) {
    auto found = daemons_called(machine_, name);
    if (found.ok()) return std::move(*found);
    unseen_ = found.error().to_string();
    return {};
  }

  void add_bare(const std::string& kind, const DaemonProcess& process, std::vector<FactTree>& engines) const {
    FactTree engine = bare(kind, process);
    add_other_files(files_, audit_, kind, engine);
    engine.members["config"] =
        kind == "cri-o" ? crio_config(files_) : containerd_config(files_, containerd_config_path(process.arguments));
    engines.push_back(std::move(engine));
  }

  // Podman needs no service: where its program is, containers may be run, and by its files.
  void add_podman_without_service(std::vector<FactTree>& engines) const {
    const bool answers = std::any_of(engines.begin(), engines.end(),
                                     [](const FactTree& engine) { return engine.at("kind").text == "podman"; });
    const FactTree program = files_.first_of({"/usr/bin/podman", "/usr/local/bin/podman"});
    if (answers || program.kind == Kind::absent) return;
    engines.push_back(FactTree::map_of({{"name", FactTree::of("podman")}, {"kind", FactTree::of("podman")}}, "podman"));
  }

  // Of the user whose service it is, by the owner of its socket; empty for root's.
  std::string home_of(const FactTree& engine) const {
    const FactTree uid = files_.describe(engine.at("socket").text).at("uid");
    return uid.kind == Kind::integer && uid.integer > 0 ? files_.home_of(static_cast<uint32_t>(uid.integer)) : "";
  }

  const system::Machine& machine_;
  system::Files files_;
  AuditedPaths audit_;
  std::vector<DaemonProcess> dockers_;
  std::string unseen_;
};

}  // namespace

FactTree runtime_settings(const system::Machine& machine, std::vector<FactTree> engines) {
  Host host(machine);
  host.add_unanswered(engines);
  for (FactTree& engine : engines) host.complete(engine);
  return FactTree::list_of(std::move(engines));
}

}  // namespace plimsoll::probe
