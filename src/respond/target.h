#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/asset.h"
#include "model/response.h"
#include "network/tables/name_space.h"
#include "runtime/container_control.h"
#include "system/machine.h"

namespace plimsoll::respond {

// A container as its engine describes it now, and the engine that was asked. Nothing of it comes from the service.
struct Target {
  AssetId id;
  runtime::ContainerState state;
  std::shared_ptr<const runtime::ContainerControl> engine;
  Asset asset() const;  // as rules see it
};

// Containers of this machine, by the ids of their assets ("docker:ID", "podman:ID", "containerd:ID").
class Targets {
 public:
  Targets(const system::Machine& machine, std::string docker_socket)
      : machine_(machine), docker_socket_(std::move(docker_socket)) {}

  // not_found: no engine knows it (any more); unsupported: not a container, or of a runtime that takes no orders;
  // unreachable: an engine that may know it does not answer.
  Result<Target> find(const AssetId& id);
  // By name, or the beginning of its id: for a person. conflict: one engine has more than one of that name.
  Result<Target> find_by_name(const std::string& name);
  // Those with a process in that network namespace (its inode), without one of them.
  std::vector<Target> sharing(uint64_t network, const AssetId& but);
  // Every container that runs in an engine that answers.
  std::vector<Target> running();

 private:
  struct Engine {
    std::string runtime;
    std::shared_ptr<const runtime::ContainerControl> control;
  };
  std::vector<std::string> sockets_of(const std::string& runtime) const;
  std::vector<Target> running_in(const std::string& kind);
  Result<Engine> engine(const std::string& runtime, const std::string& socket);

  const system::Machine& machine_;
  std::string docker_socket_;
  std::vector<Engine> engines_;  // that answered once
};

// The network namespace of a running container. denied: it is the host's own, which is never touched; conflict: the
// container was started anew meanwhile.
Result<network::NameSpace> network_of(const Target& target);

}  // namespace plimsoll::respond
