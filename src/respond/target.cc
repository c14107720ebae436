#include "respond/target.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "runtime/cgroup_names.h"
#include "runtime/containerd_control.h"
#include "runtime/docker_control.h"

namespace plimsoll::respond {
namespace {

// Kinds of engines that can be told what to do, as ids of assets name them.
constexpr std::array kinds = {"docker", "podman", "containerd"};

bool takes_orders(std::string_view kind) { return std::find(kinds.begin(), kinds.end(), kind) != kinds.end(); }

template <class Control>
Result<std::shared_ptr<const runtime::ContainerControl>> opened(const system::Machine& machine,
                                                                const std::string& socket) {
  auto control = std::make_shared<Control>(machine, socket);
  PLIMSOLL_CHECK(control->begin());
  return std::shared_ptr<const runtime::ContainerControl>(std::move(control));
}

uint64_t network_inode(const std::string& pid) {
  struct stat status{};
  return ::stat(("/proc/" + pid + "/ns/net").c_str(), &status) == 0 ? status.st_ino : 0;
}

}  // namespace

Asset Target::asset() const {
  Asset out;
  out.id = id;
  out.kind = AssetKind::container;
  out.name = state.name;
  out.image = state.image;
  out.labels = state.labels;
  out.status = state.paused ? "paused" : state.running ? "running" : "ended";
  return out;
}

std::vector<std::string> Targets::sockets_of(const std::string& runtime) const {
  if (runtime == "docker") return {docker_socket_};
  if (runtime == "containerd") return runtime::containerd_sockets(machine_);
  std::vector<std::string> out = {"/run/podman/podman.sock"};
  for (const std::string& user : machine_.list_directory("/run/user", 1000).value_or({}))
    out.push_back("/run/user/" + user + "/podman/podman.sock");
  return out;
}

Result<Targets::Engine> Targets::engine(const std::string& runtime, const std::string& socket) {
  for (const Engine& known : engines_) {
    if (known.runtime == runtime && known.control->socket() == socket) return known;
  }
  PLIMSOLL_TRY(control, runtime == "containerd" ? opened<runtime::ContainerdControl>(machine_, socket)
                                                : opened<runtime::DockerControl>(machine_, socket));
  engines_.push_back({runtime, std::move(control)});
  return engines_.back();
}

Result<Target> Targets::find(const AssetId& id) {
  const size_t colon = id.value.find(':');
  const std::string kind = id.value.substr(0, colon);
  if (colon == std::string::npos || !takes_orders(kind))
    return Error{ErrorKind::unsupported, "only containers of Docker, Podman and containerd can be acted on",
                 printable(id.value, 100)};
  const std::string container = id.value.substr(colon + 1);
  Error fault{ErrorKind::unreachable, "no engine answers that could know it", printable(id.value, 100)};
  for (const std::string& socket : sockets_of(kind)) {
    const Result<Engine> asked = engine(kind, socket);
    if (!asked.ok()) continue;
    Result<runtime::ContainerState> state = asked->control->inspect(container);
    if (state.ok() && state->id.value == container) return Target{id, std::move(*state), asked->control};
    if (state.ok()) continue;
    // An engine that is gone for now says nothing of a container; one that does not know it says that it is gone.
    if (state.error().kind != ErrorKind::not_found)
      fault = state.error();
    else if (machine_.stat(socket, true).ok())
      fault = Error{ErrorKind::not_found, "no such container", printable(id.value, 100)};
  }
  return fault;
}

Result<Target> Targets::find_by_name(const std::string& name) {
  for (const char* kind : kinds) {
    for (const std::string& socket : sockets_of(kind)) {
      const Result<Engine> asked = engine(kind, socket);
      if (!asked.ok()) continue;
      Result<runtime::ContainerState> state = asked->control->find(name);
      if (!state.ok() && state.error().kind == ErrorKind::conflict) return state.error();
      if (!state.ok()) continue;
      const AssetId id{std::string(kind) + ":" + state->id.value};
      return Target{id, std::move(*state), asked->control};
    }
  }
  return Error{ErrorKind::not_found, "no container has that name", printable(name, 100)};
}

std::vector<Target> Targets::running_in(const std::string& kind) {
  std::vector<Target> out;
  for (const std::string& socket : sockets_of(kind)) {
    const Result<Engine> asked = engine(kind, socket);
    if (!asked.ok()) continue;
    for (const ContainerId& id : asked->control->running().value_or({})) {
      Result<runtime::ContainerState> state = asked->control->inspect(id.value);
      if (!state.ok() || !state->running) continue;
      out.push_back({{kind + ":" + id.value}, std::move(*state), asked->control});
    }
  }
  return out;
}

std::vector<Target> Targets::running() {
  std::vector<Target> out;
  for (const char* kind : kinds) {
    for (Target& target : running_in(kind)) out.push_back(std::move(target));
  }
  return out;
}

std::vector<Target> Targets::sharing(uint64_t network, const AssetId& but) {
  std::set<std::pair<std::string, std::string>> seen;
  std::vector<Target> out;
  for (const std::string& pid : machine_.list_directory("/proc").value_or({})) {
    if (pid.empty() || pid[0] < '0' || pid[0] > '9' || network_inode(pid) != network) continue;
    const auto text = machine_.read_file("/proc/" + pid + "/cgroup", size_t{64} << 10);
    const auto container = text.ok() ? runtime::container_of_cgroup_file(*text) : std::nullopt;
    if (!container || !seen.emplace(container->runtime, container->id).second) continue;
    const AssetId id{container->runtime + ":" + container->id};
    if (id == but) continue;
    Result<Target> target = find(id);
    if (target.ok()) out.push_back(std::move(*target));
  }
  // The cgroup of one that containerd made need not name it, or names Kubernetes alone.
  for (Target& target : running_in("containerd")) {
    const bool met = std::any_of(out.begin(), out.end(), [&](const Target& other) { return other.id == target.id; });
    if (!met && target.id != but && network_inode(std::to_string(target.state.pid)) == network)
      out.push_back(std::move(target));
  }
  return out;
}

Result<network::NameSpace> network_of(const Target& target) {
  if (target.state.pid == 0) return Error{ErrorKind::conflict, "the container does not run"};
  PLIMSOLL_TRY(where, network::name_space_of(target.state.pid));
  struct stat own{}, first{};
  if (::stat("/proc/self/ns/net", &own) != 0 || own.st_ino == where.inode ||
      (::stat("/proc/1/ns/net", &first) == 0 && first.st_ino == where.inode))
    return Error{ErrorKind::denied, "the container uses the host's own network, which is never touched"};
  // The process may have ended, and its number may be another's by now.
  PLIMSOLL_TRY(again, target.engine->inspect(target.state.id.value));
  if (again.pid != target.state.pid || again.started_at != target.state.started_at)
    return Error{ErrorKind::conflict, "the container was started anew meanwhile"};
  return where;
}

}  // namespace plimsoll::respond
