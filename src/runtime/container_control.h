#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/ids.h"
#include "system/machine.h"

namespace plimsoll::runtime {

// One network a container is on, with what joining it again the same way needs.
struct JoinedNetwork {
  std::string id, name;
  std::string address4, address6;  // empty: none
  std::vector<std::string> aliases;
  bool operator==(const JoinedNetwork&) const = default;
};

// What of a container acting on it needs to know, as its engine says at this moment.
struct ContainerState {
  ContainerId id;
  std::string name, image;
  std::map<std::string, std::string> labels;
  int pid = 0;  // of its first process on the host; 0: it does not run
  bool running = false, paused = false, restarting = false;
  std::string started_at;    // as the engine writes it; differs after each start
  std::string network_mode;  // "host", "container:ID", "bridge", a network's name
  std::vector<JoinedNetwork> networks;
};

// Acts on containers of one engine that speaks the Docker Engine API (Docker, and Podman's service). The only code here
// that changes anything in an engine; room `respond` alone may use it. Each call is one request, whose answer is no
// proof that it took effect: inspect() afterwards. Errors: not_found: no such container or network; conflict: it is not
// in the state for that; unreachable, timeout, denied as of the socket.
class ContainerControl {
 public:
  ContainerControl(const system::Machine& machine, std::string socket)
      : machine_(machine), socket_(std::move(socket)) {}

  // Asks for the API version; to be called first.
  Status begin();
  const std::string& socket() const { return socket_; }

  Result<ContainerState> inspect(const std::string& id) const;
  Result<std::vector<ContainerId>> running() const;

  Status pause(const std::string& id) const;
  Status unpause(const std::string& id) const;
  Status stop(const std::string& id, int seconds) const;
  Status kill(const std::string& id) const;
  Status start(const std::string& id) const;
  Status restart(const std::string& id, int seconds) const;
  Status disconnect(const std::string& id, const std::string& network) const;
  Status connect(const std::string& id, const JoinedNetwork& network) const;

  // For evidence, as the engine writes them: its whole description, what changed against its image, its processes.
  Result<std::string> description(const std::string& id) const;
  Result<std::string> changes(const std::string& id) const;
  Result<std::string> processes(const std::string& id) const;

 private:
  Result<std::string> ask(std::string_view method, const std::string& target, std::string_view body, int seconds) const;
  Status tell(const std::string& id, const std::string& verb, int seconds = 10) const;

  const system::Machine& machine_;
  std::string socket_, prefix_;
};

// Pure: the reply of GET /containers/ID/json.
Result<ContainerState> read_container_state(std::string_view body);

}  // namespace plimsoll::runtime
