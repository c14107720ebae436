#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/facts.h"
#include "model/incomplete.h"
#include "rootfs/tree.h"
#include "system/machine.h"

namespace plimsoll::runtime {

// One container as its runtime (or the kernel alone) describes it. ContainerFacts fields that only the runtime knows
// are filled; the container probe adds what the kernel says.
struct Listed {
  ContainerFacts facts;
  std::string cgroup;  // cgroup path that tells its processes; may be empty
  bool pause = false;  // looks like a pod's pause process: it holds namespaces and runs no application
};

struct Network {
  std::string id, name, driver;
  bool internal = false;
  std::vector<std::string> subnets;
};

// What one runtime answered.
struct Answer {
  RuntimeFacts facts;
  std::vector<Listed> containers;  // running and paused ones
  std::vector<Network> networks;
  IncompleteList not_assessed;
};

// Asks the Docker Engine API on `socket` (version negotiated; read-only requests only). not_found: no such socket;
// denied: may not connect; unreachable: nobody answers.
Result<Answer> ask_docker(const system::Machine& machine, const std::string& socket = "/var/run/docker.sock");

// Containers seen by cgroup and namespace alone: every process whose cgroup names a container, or whose mount and pid
// namespaces both differ from those of PID 1 ("unmanaged"). `known` are ids a runtime has answered for; they are left
// out. What could not be looked at (processes hidden, namespaces unreadable) is appended to `not_assessed`; without
// that list it is an error (denied) instead, since a short list must not pass for a whole one.
Result<std::vector<Listed>> find_by_kernel(const system::Machine& machine, const std::vector<ContainerId>& known,
                                           IncompleteList* not_assessed = nullptr);

// An image of the Docker Engine: what the engine says of it, and its `docker save` stream (GET /images/REF/get).
struct ImageStream {
  rootfs::ImageConfig config;
  rootfs::ByteSource bytes;
};
Result<ImageStream> docker_image(const std::string& socket, const std::string& reference);

}  // namespace plimsoll::runtime
