#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/container_control.h"
#include "system/machine.h"

namespace plimsoll::runtime {

// Acts on containers of an engine that speaks the Docker Engine API (Docker, and Podman's service). Each call is one
// request.
class DockerControl : public ContainerControl {
 public:
  DockerControl(const system::Machine& machine, std::string socket) : machine_(machine), socket_(std::move(socket)) {}

  // Asks for the API version; to be called first.
  Status begin();
  const std::string& socket() const override { return socket_; }
  Status takes(Order) const override { return Done{}; }

  Result<ContainerState> inspect(const std::string& id) const override;
  Result<ContainerState> find(const std::string& name) const override { return inspect(name); }
  Result<std::vector<ContainerId>> running() const override;

  Status pause(const std::string& id) const override;
  Status unpause(const std::string& id) const override;
  Status stop(const std::string& id, int seconds) const override;
  Status kill(const std::string& id) const override;
  Status start(const std::string& id) const override;
  Status restart(const std::string& id, int seconds) const override;
  Status disconnect(const std::string& id, const std::string& network) const override;
  Status connect(const std::string& id, const JoinedNetwork& network) const override;

  Result<std::string> description(const std::string& id) const override;
  Result<std::string> changes(const std::string& id) const override;
  Result<std::string> processes(const std::string& id) const override;

 private:
  Result<std::string> ask(std::string_view method, const std::string& target, std::string_view body, int seconds) const;
  Status tell(const std::string& id, const std::string& verb, int seconds = 10) const;

  const system::Machine& machine_;
  std::string socket_, prefix_;
};

// Pure: the reply of GET /containers/ID/json.
Result<ContainerState> read_container_state(std::string_view body);

}  // namespace plimsoll::runtime
