#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/facts.h"
#include "model/incomplete.h"
#include "runtime/docker_execs.h"
#include "runtime/runtime.h"

namespace plimsoll::runtime {

// Replies of the Docker Engine API (https://docs.docker.com/engine/api/v1.41/), bytes to facts. Pure; what a reply
// lacks is an unknown fact, what it holds and cannot be understood is added to `gaps`. Only a reply that is no JSON of
// the right shape is an error.

// GET /version: name ("docker", or "podman" that speaks the same API), version, api_version and the components'.
Result<RuntimeFacts> read_version(std::string_view body);

// The API version to ask in: ours, unless the engine is older or has dropped it. malformed: not "1.N".
Result<std::string> choose_api_version(const std::string& newest, const std::string& oldest);
// MinAPIVersion of GET /version; empty when it is not said.
std::string oldest_api_version(std::string_view body);

// GET /info: settings and rootless, into `facts`.
Status read_info(std::string_view body, RuntimeFacts& facts);
// What read_info would fill, as unknown for the reason given.
void info_unknown(const std::string& why, RuntimeFacts& facts);

// GET /networks: the networks, and whether containers may talk on each bridge ("icc", "icc:NAME"), into `facts`.
Result<std::vector<Network>> read_networks(std::string_view body, RuntimeFacts& facts, IncompleteList& gaps);

// GET /containers/json: one entry each, with what the list says; everything else is unknown.
Result<std::vector<ContainerFacts>> read_list(std::string_view body, IncompleteList& gaps);

// What inspect says beyond the facts themselves.
struct Inspected {
  std::string network_of;  // id or name of the container whose network namespace it shares; else empty
  std::string pids_of;     // the same for the pid namespace
  FactTree configured;     // container_configuration()
  ExecSubject execs;
};

// GET /containers/ID/json, into `facts` of that container.
Result<Inspected> read_inspect(std::string_view body, ContainerFacts& facts, IncompleteList& gaps);
// Facts that only inspect knows, as unknown for the reason given, where they are not known already.
void inspect_unknown(const std::string& why, ContainerFacts& facts);

// Whether an environment variable of that name is likely to hold a secret.
bool is_secret_name(std::string_view name);

// Whether other machines can reach a port bound to this address of the host: anything but a loopback address.
bool is_outside_address(std::string_view address);

}  // namespace plimsoll::runtime
