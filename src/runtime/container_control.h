#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/ids.h"

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
  std::string network_mode;  // "host", "container:ID", "bridge", a network's name; empty: the engine knows no networks
  std::vector<JoinedNetwork> networks;
};

// What one kind of engine may know and another not.
enum class Order { start, restart, networks };

// Acts on the containers of one engine. The only code that changes anything in an engine; room `respond` alone may use
// it. A call's answer is no proof that it took effect: inspect() afterwards. Errors: not_found: no such container or
// network; conflict: it is not in the state for that; unsupported: no engine of this kind does that; unreachable,
// timeout, denied as of the socket.
class ContainerControl {
 public:
  virtual ~ContainerControl() = default;

  virtual const std::string& socket() const = 0;
  // Whether it can be told that at all; else unsupported, with the reason for a person.
  virtual Status takes(Order order) const = 0;

  virtual Result<ContainerState> inspect(const std::string& id) const = 0;
  // For a person: by name, or the beginning of its id. conflict: more than one is called so.
  virtual Result<ContainerState> find(const std::string& name) const = 0;
  virtual Result<std::vector<ContainerId>> running() const = 0;

  virtual Status pause(const std::string& id) const = 0;
  virtual Status unpause(const std::string& id) const = 0;
  virtual Status stop(const std::string& id, int seconds) const = 0;
  virtual Status kill(const std::string& id) const = 0;
  virtual Status start(const std::string& id) const = 0;
  virtual Status restart(const std::string& id, int seconds) const = 0;
  virtual Status disconnect(const std::string& id, const std::string& network) const = 0;
  virtual Status connect(const std::string& id, const JoinedNetwork& network) const = 0;

  // For evidence, JSON: its whole description, what changed against its image, its processes.
  virtual Result<std::string> description(const std::string& id) const = 0;
  virtual Result<std::string> changes(const std::string& id) const = 0;
  virtual Result<std::string> processes(const std::string& id) const = 0;
};

}  // namespace plimsoll::runtime
