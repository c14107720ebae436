#include "runtime/containerd_session.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "runtime/protobuf.h"

namespace plimsoll::runtime {
namespace {

constexpr size_t reply_limit = size_t{64} << 20;
constexpr int reply_seconds = 10;

// The third is of one that dockerd started for itself; others may use it as well.
constexpr std::array places = {"/run/containerd/containerd.sock", "/run/k3s/containerd/containerd.sock",
                               "/run/docker/containerd/containerd.sock", "/run/k0s/containerd.sock",
                               "/var/snap/microk8s/common/run/containerd.sock"};

// What is at home with Docker: its containers and its plugins.
bool is_of_docker(std::string_view space) { return space == "moby" || space == "plugins.moby"; }

const std::string tasks_service = "/containerd.services.tasks.v1.Tasks/";
const std::string containers_service = "/containerd.services.containers.v1.Containers/";

// Every request about one container has its id as field 1.
std::string about(const std::string& id) { return std::move(ProtoWriter().text(1, id)).take(); }

}  // namespace

std::vector<std::string> containerd_sockets(const system::Machine& machine) {
  std::vector<std::string> out;
  std::set<std::pair<uint64_t, uint64_t>> seen;
  for (const char* place : places) {
    const auto stat = machine.stat(place, true);
    if (!stat.ok() && stat.error().kind == ErrorKind::not_found) continue;
    if (stat.ok() && !seen.emplace(stat->device, stat->inode).second) continue;
    out.emplace_back(place);
  }
  return out;
}

// SubscribeRequest: filters = 1, repeated; one of them must hold, and of one all that the commas part. An exit is left
// out: each command in a container has one, and a task that ended is removed by whoever cares for it.
system::GrpcCall containerd_events() {
  ProtoWriter message;
  for (const char* what : {"start", "delete", "paused", "resumed"})
    message.text(1, "namespace!=moby,topic==\"/tasks/" + std::string(what) + "\"");
  return {"/containerd.services.events.v1.Events/Subscribe", std::move(message).take(), {}};
}

Result<std::string> ContainerdSession::call(const std::string& method, const std::string& space, std::string message) {
  if (hung_) return *hung_;
  system::GrpcCall call{method, std::move(message), {}};
  if (!space.empty()) call.metadata.emplace_back("containerd-namespace", space);
  auto reply = machine_.grpc_unix(socket_, call, reply_limit, reply_seconds);
  if (reply.ok() || reply.error().kind != ErrorKind::timeout) return reply;
  hung_ = Error{ErrorKind::timeout, "containerd does not answer within " + std::to_string(reply_seconds) + " s",
                printable(socket_) + " " + method};
  return *hung_;
}

Result<std::string> ContainerdSession::version() {
  PLIMSOLL_TRY(reply, call("/containerd.services.version.v1.Version/Version", "", ""));
  return read_containerd_version(reply);
}

Result<std::vector<std::string>> ContainerdSession::namespaces() {
  PLIMSOLL_TRY(reply, call("/containerd.services.namespaces.v1.Namespaces/List", "", ""));
  PLIMSOLL_TRY(spaces, read_containerd_namespaces(reply));
  std::erase_if(spaces, is_of_docker);
  return spaces;
}

Result<std::vector<ContainerdContainer>> ContainerdSession::containers(const std::string& space) {
  PLIMSOLL_TRY(reply, call(containers_service + "List", space, ""));
  return read_containerd_list(reply);
}

Result<std::vector<ContainerdTask>> ContainerdSession::tasks(const std::string& space) {
  PLIMSOLL_TRY(reply, call(tasks_service + "List", space, ""));
  return read_containerd_tasks(reply);
}

Result<ContainerdContainer> ContainerdSession::container(const ContainerdName& name) {
  PLIMSOLL_TRY(reply, call(containers_service + "Get", name.space, about(name.id)));
  return read_containerd_container(reply);
}

Result<ContainerdTask> ContainerdSession::task(const ContainerdName& name) {
  PLIMSOLL_TRY(reply, call(tasks_service + "Get", name.space, about(name.id)));
  return read_containerd_task(reply);
}

Result<std::vector<int>> ContainerdSession::pids(const ContainerdName& name) {
  PLIMSOLL_TRY(reply, call(tasks_service + "ListPids", name.space, about(name.id)));
  return read_containerd_pids(reply);
}

Status ContainerdSession::tell(const ContainerdName& name, std::string_view verb, std::string_view more) {
  PLIMSOLL_TRY(reply, call(tasks_service + std::string(verb), name.space, about(name.id).append(more)));
  return Done{};
}

}  // namespace plimsoll::runtime
