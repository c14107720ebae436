#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/fact_tree.h"
#include "model/facts.h"
#include "model/incomplete.h"
#include "rootfs/tree.h"
#include "system/machine.h"

namespace plimsoll::runtime {

// One container as its runtime (or the kernel alone) describes it. ContainerFacts fields that only the runtime knows
// are filled; the container probe adds what the kernel says.
struct Listed {
  ContainerFacts facts;
  std::string cgroup;   // cgroup path that tells its processes; may be empty
  FactTree configured;  // what it was started with (docs/facts.md, "Settings"); absent when no runtime told it
  FactTree image;       // the image it was made from; absent when no runtime told it
  bool pause = false;   // looks like a pod's pause process: it holds namespaces and runs no application
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
  FactTree settings;  // what the engine says of itself (docs/facts.md, "Settings")
  IncompleteList not_assessed;
};

// Asks the Docker Engine API on `socket` (version negotiated; read-only requests only). not_found: no such socket;
// denied: may not connect; unreachable: nobody answers.
Result<Answer> ask_docker(const system::Machine& machine, const std::string& socket = "/var/run/docker.sock");

// Asks every Podman service of this machine that listens (/run/podman/podman.sock and those of users below /run/user)
// the same questions: Podman speaks that API too (https://docs.podman.io/en/latest/_static/api.html). A socket that
// does not answer is noted in `not_assessed`.
std::vector<Answer> ask_podman(const system::Machine& machine, IncompleteList& not_assessed);

// Asks every containerd of this machine (containerd_session.h) for the containers that run in namespaces other than
// Docker's own; read-only questions. One that does not answer is noted in `not_assessed`. An answer tells no networks
// and no settings.
std::vector<Answer> ask_containerd(const system::Machine& machine, IncompleteList& not_assessed);

// Which containers those are, as one text, by as few questions as that takes; empty where nothing answers.
std::string containerd_running(const system::Machine& machine);

// The settings of an engine that does not answer: it is there, and everything about it is unknown for the reason given.
FactTree unanswered_settings(const std::string& name, const std::string& socket, const std::string& why);

// Containers seen by cgroup and namespace alone: every process whose cgroup names a container, or whose mount and pid
// namespaces both differ from those of PID 1 ("unmanaged"). `known` are those a runtime has answered for: what bears
// their id, or stands in their cgroup and names no container of its own, is left out. What could not be looked at
// (processes hidden, namespaces unreadable) is appended to `not_assessed`; without that list it is an error (denied)
// instead, since a short list must not pass for a whole one.
Result<std::vector<Listed>> find_by_kernel(const system::Machine& machine, const std::vector<Listed>& known,
                                           IncompleteList* not_assessed = nullptr);

// An image of the Docker Engine: what the engine says of it, and its `docker save` stream (GET /images/REF/get).
struct ImageStream {
  rootfs::ImageConfig config;
  rootfs::ByteSource bytes;
};
Result<ImageStream> docker_image(const std::string& socket, const std::string& reference);

}  // namespace plimsoll::runtime
